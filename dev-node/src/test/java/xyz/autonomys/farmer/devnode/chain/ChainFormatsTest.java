package xyz.autonomys.farmer.devnode.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.SectorIds;

/** The vectors of spec 06 §16. */
class ChainFormatsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] MAINNET =
            HEX.parseHex("66455a580aabff303720aa83adbe6c44502922251c03ba73686d5245da9e21bd");

    @Test
    void proofOfTimeOfMainnetsGenesisWithFewIterations() {
        ProofOfTime time = new ProofOfTime(MAINNET, new byte[0], 1024);
        assertEquals("1baedc2f30b771269f28de6aa985d2c8", time.seed().toHex());
        List<PotOutput> checkpoints = time.next();
        assertEquals("29301c3458690dea7ddfc4eae9dad509", checkpoints.getFirst().toHex());
        assertEquals("448e225dd2cf5a75f76857752a08f823", checkpoints.getLast().toHex());
        assertEquals(
                "ecc03f0a4c65bc483be469ba514ed42e6d303ab664160f04cad9edc7606ac8e6",
                SectorIds.globalChallenge(checkpoints.getLast(), 1).toHex());
        assertEquals("9addc328351e34e3eb213f0296a567c9", time.next().getLast().toHex());
        ProofOfTime injected = new ProofOfTime(MAINNET, new byte[0], 1024);
        injected.next();
        injected.inject(HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
        assertEquals("02ec00683e046b60ae33154910711118", injected.seed().toHex());
    }

    @Test
    void votesAreHashedAsInTheSpecification() {
        Vote vote = new Vote(
                4_000_001,
                BlockHash.fromHex("5154ba7e7a10f897741967c50c6b2f8391bce6a9a0e23365fd204450dc2386e5"),
                12_345_678,
                solution(),
                PotOutput.fromHex("000102030405060708090a0b0c0d0e0f"),
                PotOutput.fromHex("101112131415161718191a1b1c1d1e1f"));
        assertEquals(Vote.BYTES, vote.encode().length);
        assertEquals(
                "ae65891e5bd8d63264377b62a0b36a238fb562fa5fbc4433ab3bfed5ede74630",
                vote.hash().toHex());
    }

    @Test
    void digestLogs() {
        assertEquals("045355425f24016da0d30600000000", HEX.formatHex(DigestLogs.solutionRange(114_532_461)));
        assertEquals("045355425f24036da0d30600000000", HEX.formatHex(DigestLogs.nextSolutionRange(114_532_461)));
        assertEquals("045355425f140050d14f0c", HEX.formatHex(DigestLogs.potIterations(206_557_520)));
        SegmentHeader header = new SegmentHeader(1, SegmentCommitment.of(new byte[48]), null, null);
        assertEquals(
                "045355425fe4040100000000000000" + "00".repeat(48),
                HEX.formatHex(DigestLogs.segmentCommitment(header)));
        byte[] preDigest = DigestLogs.preDigest(1, solution(), PotOutput.of(new byte[16]), PotOutput.of(new byte[16]));
        assertEquals("065355425f1907", HEX.formatHex(preDigest, 0, 7));
        assertEquals(7 + 454, preDigest.length);
    }

    /** An empty block has the 100 bytes that every known network's genesis block has. */
    @Test
    void genesisBlock() {
        byte[] encoded = GenesisState.block(new byte[32]).encode();
        assertEquals(100, encoded.length);
    }

    /** The solution of spec 06 §3.3. */
    private static Solution solution() {
        return new Solution(
                PublicKey.fromHex("1da860fc65f2da175f4b87b950efcfa8f99e617ea5fe596f712109d97deb3b9a"),
                PublicKey.fromHex("0277e7564c0f006b1bc06c1812ed74ecba16db0db8dd1dcbce3f3cfaf5ec0062"),
                7,
                312,
                519,
                RecordCommitment.fromHex(
                        "c99448a64efe27822228bc539f61f71187d5094f4883f52100634ed2fa3dcc7bd74c43f0713594ac9cb7befaa9447ad9"),
                RecordWitness.fromHex(
                        "673cf68780b2c12215b4233706eb5afca32e534881b55db2f3c925a5b8d68188d515a6596f6e5d4356d9cc425b90c029"),
                ScalarBytes.of(chunk()),
                ChunkWitness.fromHex(
                        "53f2ff407e536bea509db97623dd80bd79aab58f9f889d1697d79219670dcd267974988aa37d3fc6d3c66dafd6d2c51d"),
                PosProof.fromHex("3c2876d2e78437ef8cb767717a5a2a350ac6ed260b427733c88f0fa67c0bf08b"
                        + "a61e361f46089d910979f32684b49efec3f4d1bfcc8c11b7c1de82858d06447c"
                        + "7829c5f4d2b0d59f06101d935d876c40f0f090afae3f9665c53071cc093e5c73"
                        + "0d044c6b107c00d4216aaa4f9c70dbca868ed936d772648434d6ed6436004e12"
                        + "e1773344fe2a24b0e92619b0dcc3832e566d1afc245996e2d6fd75d37d6a6bf3"));
    }

    private static byte[] chunk() {
        int[] values = {
            33, 82, 252, 119, 219, 32, 176, 38, 96, 186, 255, 62, 181, 9, 57, 214, 189, 116, 172, 195, 229, 150, 147,
            26, 80, 140, 77, 122, 93, 46, 207, 119
        };
        byte[] chunk = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            chunk[i] = (byte) values[i];
        }
        return chunk;
    }
}
