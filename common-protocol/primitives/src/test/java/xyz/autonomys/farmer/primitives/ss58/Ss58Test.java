package xyz.autonomys.farmer.primitives.ss58;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Golden;
import xyz.autonomys.farmer.primitives.PublicKey;

/** Addresses of misc.json, section "ss58". */
class Ss58Test {
    @Test
    void everyRecordedAddressParsesOrFailsAsUpstreamDoes() {
        int checked = 0;
        for (String list : new String[] {"parse", "constructed"}) {
            for (JsonNode entry : Golden.read().get("ss58").get(list)) {
                String text = entry.get("text").asText();
                JsonNode result = entry.get("result");
                if (result.has("ok")) {
                    assertEquals(result.get("ok").asText(), Ss58.parse(text).toHex(), text);
                } else {
                    IllegalArgumentException e =
                            assertThrows(IllegalArgumentException.class, () -> Ss58.parse(text), text);
                    assertTrue(
                            e.getMessage().startsWith(result.get("error").asText() + ":"),
                            text + " gave " + e.getMessage());
                }
                checked++;
            }
        }
        assertEquals(28, checked);
    }

    @Test
    void addressesAreWrittenWithTheirPrefix() {
        PublicKey alice = PublicKey.fromHex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
        assertEquals("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", Ss58.format(alice, 0));
        assertEquals("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", Ss58.format(alice, Ss58.GENERIC_PREFIX));
        assertEquals("sufsKsx4kZ26i7bJXc1TFguysVzjkzsDtE2VDiCEBY2WjyGAj", Ss58.format(alice, Ss58.AUTONOMYS_PREFIX));
        assertEquals("yNa8JpqfFB3q8A29rCwSgxvdU94ufJw2yKKxDgznS5m1PoFvn", Ss58.format(alice, 16_383));
    }

    @Test
    @Tag("long")
    void mutatedAddressesAreRefusedOrKeepTheirKey() {
        String address = "sufsKsx4kZ26i7bJXc1TFguysVzjkzsDtE2VDiCEBY2WjyGAj";
        SplittableRandom random = new SplittableRandom(6094);
        int refused = 0;
        for (int n = 0; n < 100_000; n++) {
            StringBuilder text = new StringBuilder(address);
            for (int k = random.nextInt(1, 4); k > 0; k--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, (char) random.nextInt(1, 128));
                    default -> text.setCharAt(at, (char) random.nextInt(1, 128));
                }
            }
            try {
                PublicKey key = Ss58.parse(text.toString());
                assertEquals(32, key.length());
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 99_000, "only " + refused + " refused");
    }
}
