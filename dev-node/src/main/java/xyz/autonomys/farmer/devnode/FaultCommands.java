package xyz.autonomys.farmer.devnode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;

/**
 * The commands by which tests make nodes misbehave (spec 06 §12 S12). Each concerns one node, or all; {@code count} is 1,
 * {@code value} true and {@code method} any if they are left out.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><th>command</th><th>effect</th></tr>
 * <tr><td>drop-connections</td><td>closes all sockets without a word</td></tr>
 * <tr><td>close-connections</td><td>closes all sockets with a close frame</td></tr>
 * <tr><td>freeze-connections</td><td>neither reads nor sends nor pings on the connections there are</td></tr>
 * <tr><td>listen?value=false[&amp;millis=N]</td><td>refuses connections, for a while or until value=true</td></tr>
 * <tr><td>hang?value=true[&amp;millis=N]</td><td>accepts connections and never answers</td></tr>
 * <tr><td>refuse-upgrades?status=403|429&amp;count=N</td><td>answers new connections with an HTTP status</td></tr>
 * <tr><td>send-slowly?bytes-per-second=N[&amp;millis=N]</td><td>everything goes out that slowly; 0 ends it</td></tr>
 * <tr><td>kill-subscriptions[?name=slots|signing|segments|heads]</td><td>ends subscriptions without a word</td></tr>
 * <tr><td>delay?millis=N</td><td>from now on announces everything later</td></tr>
 * <tr><td>stop-slots?millis=N, skip-slots?count=N, burst-slots?count=N</td><td>no slots for a while; leaves some out;
 * announces some together</td></tr>
 * <tr><td>repeat-slots?count=N[&amp;challenge=different]</td><td>announces slots twice</td></tr>
 * <tr><td>go-back?slots=N</td><td>lags N slots from now on; 0 ends it</td></tr>
 * <tr><td>restart-slots?value=true</td><td>counts slots from 1 as a new chain does</td></tr>
 * <tr><td>fork-slots?count=N</td><td>announces slots with challenges of another proof of time</td></tr>
 * <tr><td>behind?value=true</td><td>builds votes on the parent of the best block</td></tr>
 * <tr><td>duplicate-headers, repeat-headers, leave-out-headers, swap-headers, contradict-headers ?count=N</td>
 * <td>announces segments twice; again after their acknowledgement; not; in another order; with another header</td></tr>
 * <tr><td>fail-answers?method=M&amp;code=C&amp;count=N</td><td>answers with an error</td></tr>
 * <tr><td>lose-answers?method=M[&amp;executed=false]&amp;count=N</td><td>never answers</td></tr>
 * <tr><td>delay-answers?method=M&amp;millis=N&amp;count=N</td><td>answers later</td></tr>
 * <tr><td>shuffle-answers?millis=N</td><td>answers in another order; 0 ends it</td></tr>
 * <tr><td>request-signature?public-key=HEX&amp;hash=HEX</td><td>asks for a signature that nothing needs; several such
 * commands make several requests at once</td></tr>
 * <tr><td>bad-pieces?kind=missing|short|wrong&amp;count=N</td><td>spoils pieces</td></tr>
 * <tr><td>syncing?value=true|false, history-ahead?segments=N</td><td>pretends to sync; to know more segments</td></tr>
 * <tr><td>genesis-hash[?value=HEX]</td><td>pretends to be of another chain, or no longer</td></tr>
 * <tr><td>solution-range?value=N</td><td>range of the next blocks; concerns the chain</td></tr>
 * <tr><td>overtake</td><td>the next block is a foreign one for the slot being claimed; concerns the chain</td></tr>
 * </table>
 */
final class FaultCommands {
    private final SimulatedChain chain;

    FaultCommands(SimulatedChain chain) {
        this.chain = chain;
    }

    /**
     * Carries a command out.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    void run(String command, RpcNode node, Map<String, String> query) {
        Faults faults = node.faults();
        int count = (int) number(query, "count", 1);
        String method = query.getOrDefault("method", AnswerFaults.ANY);
        switch (command) {
            case "drop-connections" -> node.server().dropConnections();
            case "close-connections" -> node.server().closeConnections();
            case "freeze-connections" -> node.server().freezeConnections();
            case "listen" -> switched(node, query, value -> listen(node, value));
            case "hang" -> switched(node, query, node.server().disturbances()::hang);
            case "refuse-upgrades" ->
                node.server().disturbances().refuseUpgrades((int) number(query, "status", 403), count);
            case "send-slowly" -> {
                node.server().disturbances().sendSlowly((int) number(query, "bytes-per-second", 1));
                if (query.containsKey("millis")) {
                    node.after(
                            number(query, "millis", 0),
                            () -> node.server().disturbances().sendSlowly(0));
                }
            }
            case "kill-subscriptions" -> node.killSubscriptions(query.getOrDefault("name", ""));
            case "delay" -> faults.delay(number(query, "millis", 0));
            case "stop-slots" -> faults.slots().stop(number(query, "millis", 0));
            case "skip-slots" -> faults.slots().skip(count);
            case "burst-slots" -> faults.slots().burst(count);
            case "repeat-slots" ->
                faults.slots()
                        .repeat(count, query.getOrDefault("challenge", "equal").equals("different"));
            case "go-back" -> faults.slots().goBack((int) number(query, "slots", 5));
            case "restart-slots" -> faults.slots().restart(flag(query));
            case "fork-slots" -> faults.slots().fork(count);
            case "behind" -> faults.behind(flag(query));
            case "duplicate-headers" -> faults.headers().duplicate(count);
            case "repeat-headers" -> faults.headers().repeatAcknowledged(count);
            case "leave-out-headers" -> faults.headers().leaveOut(count);
            case "swap-headers" -> faults.headers().swap(count);
            case "contradict-headers" -> faults.headers().contradict(count);
            case "fail-answers" -> faults.answers().fail(method, (int) number(query, "code", -32603), count);
            case "lose-answers" ->
                faults.answers()
                        .lose(method, !query.getOrDefault("executed", "true").equals("false"), count);
            case "delay-answers" -> faults.answers().delay(method, number(query, "millis", 0), count);
            case "shuffle-answers" -> faults.answers().shuffle(number(query, "millis", 0));
            case "request-signature" ->
                node.requestSignature(
                        RewardHash.fromHex(query.getOrDefault("hash", "00".repeat(RewardHash.SIZE))),
                        PublicKey.fromHex(query.getOrDefault("public-key", "00".repeat(PublicKey.SIZE))));
            case "bad-pieces" ->
                faults.badPieces(
                        Faults.BadPiece.valueOf(
                                query.getOrDefault("kind", "missing").toUpperCase(Locale.ROOT)),
                        count);
            case "syncing" -> faults.syncing(flag(query));
            case "history-ahead" -> faults.historyAhead(number(query, "segments", 0));
            case "genesis-hash" ->
                faults.genesisHash(Optional.ofNullable(query.get("value"))
                        .map(hex -> GenesisHash.of(Blake3Hash.fromHex(hex).toBytes())));
            case "solution-range" ->
                chain.chain().forceSolutionRange(Long.parseUnsignedLong(query.getOrDefault("value", "")));
            case "overtake" -> chain.chain().overtakeNextClaim();
            default -> throw new IllegalArgumentException("there is no command " + command);
        }
    }

    private static void listen(RpcNode node, boolean value) {
        try {
            node.server().listen(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Switch {
        void set(boolean value);
    }

    /** Sets a switch, and with {@code millis} sets it back after that time. */
    private static void switched(RpcNode node, Map<String, String> query, Switch target) {
        boolean value = flag(query);
        target.set(value);
        if (query.containsKey("millis")) {
            node.after(number(query, "millis", 0), () -> target.set(!value));
        }
    }

    private static boolean flag(Map<String, String> query) {
        return !query.getOrDefault("value", "true").equals("false");
    }

    private static long number(Map<String, String> query, String name, long otherwise) {
        return query.containsKey(name) ? Long.parseLong(query.get(name)) : otherwise;
    }
}
