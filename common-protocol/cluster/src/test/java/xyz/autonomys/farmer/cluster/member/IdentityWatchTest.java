package xyz.autonomys.farmer.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import xyz.autonomys.farmer.cluster.control.ClusterIdentities;
import xyz.autonomys.farmer.cluster.control.ClusterIdentity;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.primitives.Blake3Hash;

class IdentityWatchTest {
    private static final Blake3Hash GENESIS = Blake3Hash.fromHex("12".repeat(32));

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    @Test
    void aClusterThatNatsHasLostOrReplacedIsNoticedOnce() throws Exception {
        Semaphore told = new Semaphore(0);
        Subjects subjects = new Subjects("lost");
        try (ControlPlane plane = ControlPlane.connect(NatsSettings.of(List.of(NATS.url())), subjects, "test");
                Connection nats = Nats.connect(NATS.url())) {
            ClusterIdentity joined;
            try (ClusterIdentities identities = new ClusterIdentities(plane)) {
                joined = identities.establish(GENESIS);
            }
            try (ClusterIdentities identities = new ClusterIdentities(plane);
                    IdentityWatch watch = new IdentityWatch(identities, joined, told::release)) {
                looks(watch, 4);
                assertEquals(0, told.availablePermits());
                nats.jetStreamManagement().deleteStream("KV_" + subjects.bucket("cluster"));
                assertEquals(Optional.empty(), identities.recorded());
                looks(watch, 2);
                assertEquals(0, told.availablePermits(), "it may be there in a moment");
                looks(watch, 3);
                assertTrue(told.tryAcquire(10, TimeUnit.SECONDS));
                assertEquals(0, told.availablePermits(), "once");
            }
            try (ClusterIdentities identities = new ClusterIdentities(plane);
                    IdentityWatch watch = new IdentityWatch(identities, joined, told::release)) {
                assertNotEquals(joined, identities.establish(GENESIS), "another secret");
                looks(watch, 3);
                assertTrue(told.tryAcquire(10, TimeUnit.SECONDS));
            }
        }
    }

    private static void looks(IdentityWatch watch, int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }
}
