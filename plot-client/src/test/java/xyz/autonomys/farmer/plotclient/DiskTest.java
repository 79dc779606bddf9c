package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many sectors a disk is promised. */
class DiskTest {
    @Test
    void asManyAsItStoresWhileOneIsMadeAndOneMore() {
        try (Disk disk = new Disk("nvme0")) {
            AtomicInteger out = new AtomicInteger();
            disk.add(out::get);
            assertEquals(2, disk.window(), "nothing is measured yet");
            disk.made(Duration.ofSeconds(60));
            disk.stored(Duration.ofSeconds(10), Duration.ofSeconds(5), 1 << 30);
            assertEquals(7, disk.window());
            assertEquals((1 << 30) / 5.0, disk.writtenBytesPerSecond());
            out.set(6);
            assertTrue(disk.hasRoom());
            out.set(7);
            assertFalse(disk.hasRoom());
            for (int i = 0; i < 30; i++) {
                disk.stored(Duration.ofSeconds(300), Duration.ofSeconds(290), 1 << 30);
            }
            assertEquals(2, disk.window(), "a disk that has become slow gets few");
            for (int i = 0; i < 60; i++) {
                disk.stored(Duration.ofMillis(10), Duration.ofMillis(5), 1 << 30);
            }
            assertEquals(Disk.MOST, disk.window(), "and none gets everything");
        }
    }

    @Test
    void farmsOnOneDiskShareIt() {
        try (Disk disk = new Disk("hdd")) {
            for (int farm = 0; farm < 5; farm++) {
                disk.add(() -> 1);
            }
            assertEquals(5, disk.window(), "each farm gets one to begin with");
            assertFalse(disk.hasRoom());
        }
    }
}
