package xyz.autonomys.farmer.sr25519;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;

/** Keys and signatures of misc.json ("identity", V3, V6, V7) and of upstream-solutions.jsonl (reward signatures). */
class Sr25519Test {
    private static JsonNode golden() throws IOException {
        try (InputStream in = Sr25519Test.class.getResourceAsStream("/sr25519.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] counting(int first) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    @Test
    void transcriptOfMerlin() {
        byte[] challenge = new Transcript("test protocol")
                .append("some label", "some data".getBytes(StandardCharsets.US_ASCII))
                .challenge("challenge", 32);
        assertEquals(
                "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615",
                HexFormat.of().formatHex(challenge));
    }

    @Test
    void multiplesOfTheBasePointOfRfc9496() {
        byte[] scalar = new byte[32];
        assertEquals("00".repeat(32), multiple(scalar));
        scalar[0] = 1;
        assertEquals("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76", multiple(scalar));
        scalar[0] = 2;
        assertEquals("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919", multiple(scalar));
        scalar[0] = 15;
        assertEquals("e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e", multiple(scalar));
    }

    private static String multiple(byte[] scalar) {
        return HexFormat.of().formatHex(RistrettoPoint.multiplyBase(scalar).encode());
    }

    @Test
    void encodingsThatAreNotCanonicalAreNoPoints() {
        assertNull(RistrettoPoint.decode(filled(0xff)));
        assertNull(RistrettoPoint.decode(hex("01" + "00".repeat(31))));
        assertNull(RistrettoPoint.decode(hex("ed" + "ff".repeat(30) + "7f")));
    }

    @Test
    void keysOfUpstream() throws IOException {
        JsonNode keys = golden().get("identity").get("keys");
        assertEquals(4, keys.size());
        for (JsonNode key : keys) {
            assertEquals(
                    key.get("public_key").asText(),
                    Sr25519KeyPair.fromEntropy(hex(key.get("entropy").asText()))
                            .publicKey()
                            .toHex());
            assertEquals(
                    key.get("public_key").asText(),
                    Sr25519KeyPair.fromMiniSecret(hex(key.get("mini_secret").asText()))
                            .publicKey()
                            .toHex());
        }
        assertEquals(
                "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a",
                Sr25519KeyPair.fromMiniSecret(hex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"))
                        .publicKey()
                        .toHex());
    }

    @Test
    void signaturesOfUpstreamByteForByte() throws Exception {
        JsonNode golden = golden();
        JsonNode identity = golden.get("identity");
        byte[] reward = Sr25519.rewardContext();
        Sr25519KeyPair key = Sr25519KeyPair.fromEntropy(counting(0));
        byte[] message = hex(identity.get("signature_message").asText());
        assertEquals(
                identity.get("V4_random_00").asText(), key.sign(reward, message).toHex());
        assertEquals(
                identity.get("V4_random_00").asText(),
                key.signReward(RewardHash.of(message)).toHex());
        assertEquals(
                identity.get("V5_random_01..20").asText(),
                key.sign(reward, message, counting(1)).toHex());
        assertTrue(Sr25519.verify(
                key.publicKey(),
                reward,
                message,
                RewardSignature.fromHex(identity.get("fresh_random_signature").asText())));
        assertEquals(
                golden.get("V6").asText(),
                Sr25519KeyPair.fromEntropy(filled(0))
                        .sign(reward, filled(0), filled(0xff))
                        .toHex());
        byte[] abc = MessageDigest.getInstance("SHA-256").digest("abc".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                golden.get("V7").asText(),
                Sr25519KeyPair.fromEntropy(filled(0xff))
                        .sign(reward, abc, filled(0))
                        .toHex());
        Sr25519KeyPair documented =
                Sr25519KeyPair.fromMiniSecret(hex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"));
        assertEquals(
                "a4cabe20c14c64518adc5ecb1be87b5588c32817d0dcd348759766f939a2c87ef4c07cd88ef7c292fd47ab8f3f5e199932e9699"
                        + "e0d892d3310ec44a13e88e287",
                documented
                        .sign(
                                "substrate".getBytes(StandardCharsets.US_ASCII),
                                "this is a message".getBytes(StandardCharsets.US_ASCII),
                                hex("b1697e9fc6461e1983d131cf69691ca1a7a3fc134f149880e8bb2b5d2365e103"))
                        .toHex());
    }

    @Test
    void rewardSignaturesOfARunningUpstreamFarmer() throws IOException {
        JsonNode signatures = golden().get("rewardSignatures");
        assertEquals(4, signatures.size());
        for (JsonNode entry : signatures) {
            assertEquals("Ok", entry.get("upstreamVerdict").asText());
            assertTrue(Sr25519.verifyReward(
                    PublicKey.fromHex(entry.get("publicKey").asText()),
                    RewardHash.fromHex(entry.get("hash").asText()),
                    RewardSignature.fromHex(entry.get("signature").asText())));
        }
    }

    @Test
    void whatUpstreamRejectsIsRejected() {
        Sr25519KeyPair key = Sr25519KeyPair.fromEntropy(counting(0));
        byte[] message = counting(0x20);
        byte[] reward = Sr25519.rewardContext();
        String r = "340c9a38dfc554c28ada5315b96f8c8ab38581ed878d4d3efea79e4f80d6da32";
        String s = "d33c2cd087ab02c80ea0f8d1344d4f1b4fb93cdeddf73c684d2f7ea708715f";
        RewardSignature good = RewardSignature.fromHex(r + s + "81");
        assertTrue(Sr25519.verify(key.publicKey(), reward, message, good));
        assertFalse(Sr25519.verify(key.publicKey(), reward, message, RewardSignature.fromHex(r + s + "01")));
        RewardSignature notReduced =
                RewardSignature.fromHex(r + "c010222da20e1520e53cf07413472e304fb93cdeddf73c684d2f7ea708715f91");
        assertFalse(Sr25519.verify(key.publicKey(), reward, message, notReduced));
        byte[] substrate = "substrate".getBytes(StandardCharsets.US_ASCII);
        assertFalse(Sr25519.verify(key.publicKey(), substrate, message, good));
        assertFalse(Sr25519.verify(key.publicKey(), reward, counting(0x21), good));
        PublicKey other = Sr25519KeyPair.fromEntropy(filled(0)).publicKey();
        assertFalse(Sr25519.verify(other, reward, message, good));
        assertFalse(Sr25519.verify(PublicKey.of(filled(0xff)), reward, message, good));
        assertThrows(IllegalArgumentException.class, () -> Sr25519KeyPair.fromEntropy(new byte[31]));
    }

    @Test
    void everySingleBitOfASignatureMatters() {
        Sr25519KeyPair key = Sr25519KeyPair.fromEntropy(counting(0));
        RewardHash hash = RewardHash.of(counting(7));
        byte[] good = key.signReward(hash).toBytes();
        assertTrue(Sr25519.verifyReward(key.publicKey(), hash, RewardSignature.of(good)));
        for (int bit = 0; bit < 512; bit += 3) {
            byte[] bad = good.clone();
            bad[bit >>> 3] ^= (byte) (1 << (bit & 7));
            assertFalse(Sr25519.verifyReward(key.publicKey(), hash, RewardSignature.of(bad)), "bit " + bit);
        }
    }

    @Test
    @Tag("long")
    void randomPublicKeysAndSignaturesNeverThrowAndNeverVerify() {
        SplittableRandom random = new SplittableRandom(25519);
        byte[] key = new byte[32];
        byte[] signature = new byte[64];
        for (int n = 0; n < 100_000; n++) {
            random.nextBytes(key);
            random.nextBytes(signature);
            signature[63] = (byte) (0x80 | signature[63] & 0x0F);
            key[0] &= (byte) 0xFE;
            key[31] &= 0x7F;
            assertFalse(Sr25519.verify(PublicKey.of(key), new byte[0], key, RewardSignature.of(signature)));
        }
    }
}
