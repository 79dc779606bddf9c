package xyz.autonomys.farmer.cluster.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NatsSettingsTest {
    @Test
    void repeatedAndCommaSeparatedServersBecomeOneList() {
        NatsSettings.Parsed parsed =
                NatsSettings.parse(List.of("nats://a:4222, b", "tls://c:5000", "a:4222,nats://[::1]:4222"));
        assertEquals(List.of("nats://a:4222", "nats://b:4222", "tls://c:5000", "nats://[::1]:4222"), parsed.servers());
        assertEquals(Set.of("nats://a:4222"), parsed.duplicates());
    }

    @Test
    void whatIsNoServerIsNamed() {
        for (String bad : List.of("", "nats://", "http://a:80", "a b", "nats://a:4222,", "nats://a:port")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> NatsSettings.parse(List.of(bad)), bad);
            assertTrue(refused.getMessage().contains("nats://HOST:PORT"), refused.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> NatsSettings.of(List.of()));
    }

    @Test
    void aClusterNameThatNatsCannotCarryIsRefused() {
        for (String bad : List.of("", "a.b", "a b", "*", "x".repeat(33))) {
            assertThrows(IllegalArgumentException.class, () -> new Subjects(bad), bad);
        }
    }
}
