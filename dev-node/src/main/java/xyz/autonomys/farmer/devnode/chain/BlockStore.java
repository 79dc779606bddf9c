package xyz.autonomys.farmer.devnode.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.node.TrieRoot;
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
 * the chain can be killed at any moment and goes on with its last saved block. Blocks are kept without their {@link Filler},
 * a kilobyte or two each. Unsigned numbers are JSON strings.
 */
public final class BlockStore {
    private static final int FORMAT = 2;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private final Path directory;
    private final Path stateFile;
    private final Map<BlockHash, Long> numbers = new ConcurrentHashMap<>();
    private final Map<Long, BlockHash> hashes = new ConcurrentHashMap<>();
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
            JsonNode state = JSON.readTree(stateFile.toFile());
            if (state.path("format").asInt() != FORMAT) {
                throw new IllegalArgumentException("its format is "
                        + state.path("format").asInt() + ", this version keeps chains in format " + FORMAT);
            }
            return Optional.of(read(state));
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
        replace(stateFile, write(state).toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Stores a block. */
    void put(Block block) {
        replace(file(block.number()), encode(block));
        newest = block;
        index(block.hash(), block.number());
    }

    private void index(BlockHash hash, long number) {
        numbers.put(hash, number);
        hashes.put(number, hash);
    }

    /** Reads the hashes of the blocks up to {@code bestNumber}, so that they are found by hash. */
    void index(long bestNumber) {
        for (long number = 1; number <= bestNumber; number++) {
            index(header(number).hash(), number);
        }
    }

    /** The hash of a stored block; block 0 is not stored. */
    public Optional<BlockHash> hashOf(long number) {
        return Optional.ofNullable(hashes.get(number));
    }

    /** The number of the stored block with a hash; block 0 is not stored. */
    public Optional<Long> numberOf(BlockHash hash) {
        return Optional.ofNullable(numbers.get(hash));
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
        return decode(read(number));
    }

    private BlockHeader header(long number) {
        return decodeHeader(read(number));
    }

    private ScaleReader read(long number) {
        try {
            return new ScaleReader(Files.readAllBytes(file(number)), "stored block " + number);
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

    /** What cannot be made again: the filler's bytes are left out. */
    private static byte[] encode(Block block) {
        BlockHeader header = block.header();
        List<byte[]> extrinsics = block.signed().extrinsics();
        ScaleWriter out = new ScaleWriter(4096);
        out.bytes(header.parentHash())
                .u32(header.number())
                .bytes(header.stateRoot())
                .bytes(header.extrinsicsRoot());
        write(out, header.logs());
        write(out, block.fillerBytes() == 0 ? extrinsics : extrinsics.subList(0, extrinsics.size() - 1));
        out.u32(block.fillerBytes());
        write(
                out,
                block.signed().justifications().stream()
                        .map(SignedBlock.Justification::bytes)
                        .toList());
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

    private static BlockHeader decodeHeader(ScaleReader in) {
        BlockHash parent = BlockHash.of(in.bytes(BlockHash.SIZE, "parent hash"));
        long number = in.u32("number");
        TrieRoot stateRoot = TrieRoot.of(in.bytes(TrieRoot.SIZE, "state root"));
        TrieRoot extrinsicsRoot = TrieRoot.of(in.bytes(TrieRoot.SIZE, "extrinsics root"));
        return new BlockHeader(parent, number, stateRoot, extrinsicsRoot, items(in, "logs"));
    }

    private static Block decode(ScaleReader in) {
        BlockHeader header = decodeHeader(in);
        List<byte[]> extrinsics = new ArrayList<>(items(in, "extrinsics"));
        int fillerBytes = (int) in.u32("bytes of filler");
        if (fillerBytes > 0) {
            extrinsics.add(Filler.extrinsic(header.number(), fillerBytes));
        }
        List<SignedBlock.Justification> justifications = items(in, "justifications").stream()
                .map(bytes -> new SignedBlock.Justification(DigestLogs.ENGINE, bytes))
                .toList();
        long slot = in.u64("slot");
        PotOutput pot = PotOutput.of(in.bytes(PotOutput.SIZE, "future proof of time"));
        Kappa author = new Kappa(
                PublicKey.of(in.bytes(PublicKey.SIZE, "public key")),
                in.u16("sector index"),
                in.u16("piece offset"),
                ScalarBytes.of(in.bytes(ScalarBytes.SIZE, "chunk")),
                in.u64("slot of solution"));
        in.finish();
        return new Block(new SignedBlock(header, extrinsics, justifications), fillerBytes, slot, pot, author);
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
        node.put("format", FORMAT);
        node.put("kind", state.kind());
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
                node.required("kind").asText(),
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
