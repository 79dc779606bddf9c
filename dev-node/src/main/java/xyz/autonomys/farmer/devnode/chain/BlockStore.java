package xyz.autonomys.farmer.devnode.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/**
 * Blocks and state on disk: one file per block, and a state file that is replaced as a whole after each block, so that
 * the chain can be killed at any moment and goes on with its last saved block. Unsigned numbers are JSON strings.
 */
public final class BlockStore {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private final Path directory;
    private final Path stateFile;
    private volatile Block newest;

    /**
     * Opens or creates a store.
     *
     * @throws IOException if the directory cannot be made
     */
    public BlockStore(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory.resolve("blocks"));
        this.stateFile = directory.resolve("state.json");
    }

    /** The saved state, empty for a new chain. */
    Optional<ChainState> state() {
        if (!Files.exists(stateFile)) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(JSON.readTree(stateFile.toFile())));
        } catch (IOException | IllegalArgumentException e) {
            throw new UncheckedIOException(new IOException(
                    stateFile + " cannot be read (" + e.getMessage() + "): remove " + stateFile.getParent()
                            + " to start a new chain",
                    e));
        }
    }

    /** Saves the first state. */
    void begin(ChainState state) {
        save(state);
    }

    /** Saves the state. */
    void save(ChainState state) {
        replace(stateFile, write(state).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Stores a block. */
    void put(Block block) {
        replace(file(block.number()), encode(block));
        newest = block;
    }

    /** A stored block; block 0 is not stored. */
    public Optional<Block> find(long number) {
        Block cached = newest;
        if (cached != null && cached.number() == number) {
            return Optional.of(cached);
        }
        return Files.exists(file(number)) ? Optional.of(block(number)) : Optional.empty();
    }

    Block block(long number) {
        try {
            return decode(Files.readAllBytes(file(number)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(long number) {
        return directory.resolve(String.format("%010d", number));
    }

    private static void replace(Path file, byte[] bytes) {
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(fresh, bytes);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] encode(Block block) {
        Header header = block.header();
        ScaleWriter out = new ScaleWriter(4096);
        out.bytes(header.parentHash())
                .u32(header.number())
                .bytes(header.stateRoot())
                .bytes(header.extrinsicsRoot());
        write(out, header.logs());
        write(out, block.extrinsics());
        write(out, List.of(block.justification()));
        out.u64(block.slot()).bytes(block.futurePot());
        Kappa author = block.author();
        return out.bytes(author.publicKey())
                .u16(author.sectorIndex())
                .u16(author.pieceOffset())
                .bytes(author.chunk())
                .u64(author.slot())
                .toBytes();
    }

    private static void write(ScaleWriter out, List<byte[]> items) {
        out.compact(items.size());
        items.forEach(item -> out.compact(item.length).bytes(item));
    }

    private static Block decode(byte[] bytes) {
        ScaleReader in = new ScaleReader(bytes, "stored block");
        byte[] parent = in.bytes(32, "parent hash");
        long number = in.u32("number");
        byte[] stateRoot = in.bytes(32, "state root");
        byte[] extrinsicsRoot = in.bytes(32, "extrinsics root");
        Header header = new Header(parent, number, stateRoot, extrinsicsRoot, items(in, "logs"));
        List<byte[]> extrinsics = items(in, "extrinsics");
        byte[] justification = items(in, "justification").getFirst();
        long slot = in.u64("slot");
        PotOutput pot = PotOutput.of(in.bytes(PotOutput.SIZE, "future proof of time"));
        Kappa author = new Kappa(
                PublicKey.of(in.bytes(PublicKey.SIZE, "public key")),
                in.u16("sector index"),
                in.u16("piece offset"),
                ScalarBytes.of(in.bytes(ScalarBytes.SIZE, "chunk")),
                in.u64("slot of solution"));
        in.finish();
        return new Block(header, extrinsics, justification, slot, pot, author);
    }

    private static List<byte[]> items(ScaleReader in, String what) {
        int count = in.vectorLength(1, what);
        List<byte[]> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(in.bytes(in.vectorLength(1, what), what));
        }
        return List.copyOf(items);
    }

    private static ObjectNode write(ChainState state) {
        ObjectNode node = JSON.createObjectNode();
        node.put("bestNumber", state.bestNumber());
        node.put("lastSlot", state.lastSlot());
        node.put("solutionRange", Long.toUnsignedString(state.solutionRange()));
        node.put("nextSolutionRange", Long.toUnsignedString(state.nextSolutionRange()));
        node.put("eraStartSlot", state.eraStartSlot());
        node.put("revealedBlock", state.revealedBlock());
        ArrayNode headers = node.putArray("segmentHeaders");
        state.headers().forEach(header -> headers.add(HEX.formatHex(SegmentHeaders.encode(header))));
        write(node.putObject("entropies"), state.entropies());
        write(node.putObject("injections"), state.injections());
        return node;
    }

    private static void write(ObjectNode node, Map<Long, Blake3Hash> hashes) {
        hashes.forEach((key, hash) -> node.put(Long.toString(key), hash.toHex()));
    }

    private static ChainState read(JsonNode node) {
        List<SegmentHeader> headers = new ArrayList<>();
        for (JsonNode header : node.required("segmentHeaders")) {
            headers.add(SegmentHeaders.decode(HEX.parseHex(header.asText())));
        }
        return new ChainState(
                node.required("bestNumber").asLong(),
                node.required("lastSlot").asLong(),
                Long.parseUnsignedLong(node.required("solutionRange").asText()),
                Long.parseUnsignedLong(node.required("nextSolutionRange").asText()),
                node.required("eraStartSlot").asLong(),
                headers,
                node.required("revealedBlock").asLong(),
                hashes(node.required("entropies")),
                hashes(node.required("injections")));
    }

    private static Map<Long, Blake3Hash> hashes(JsonNode node) {
        Map<Long, Blake3Hash> hashes = new HashMap<>();
        node.properties()
                .forEach(entry -> hashes.put(
                        Long.parseLong(entry.getKey()),
                        Blake3Hash.fromHex(entry.getValue().asText())));
        return hashes;
    }
}
