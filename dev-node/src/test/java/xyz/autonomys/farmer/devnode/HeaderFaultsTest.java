package xyz.autonomys.farmer.devnode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** What a faulty node says of segments. */
class HeaderFaultsTest {
    private final HeaderFaults faults = new HeaderFaults();

    private static SegmentHeader header(long index) {
        return new SegmentHeader(
                index,
                SegmentCommitment.of(new byte[SegmentCommitment.SIZE]),
                Blake3Hash.of(new byte[Blake3Hash.SIZE]),
                new LastArchivedBlock(index, -1));
    }

    @Test
    void withoutAFaultASegmentIsAnnouncedOnce() {
        assertEquals(List.of(header(1)), faults.announce(header(1)));
        assertFalse(faults.takeAgain());
    }

    @Test
    void headersAreLeftOutDoubledAndRepeated() {
        faults.leaveOut(2);
        assertEquals(List.of(), faults.announce(header(1)));
        assertEquals(List.of(), faults.announce(header(2)));
        faults.duplicate(1);
        assertEquals(List.of(header(3), header(3)), faults.announce(header(3)));
        faults.repeatAcknowledged(1);
        assertTrue(faults.takeAgain());
        assertFalse(faults.takeAgain());
    }

    @Test
    void twoHeadersChangePlaces() {
        faults.swap(1);
        assertEquals(List.of(), faults.announce(header(1)));
        assertEquals(List.of(header(2), header(1)), faults.announce(header(2)));
        assertEquals(List.of(header(3)), faults.announce(header(3)));
    }

    @Test
    void aHeaderIsContradicted() {
        faults.contradict(1);
        List<SegmentHeader> announced = faults.announce(header(1));
        assertEquals(2, announced.size());
        assertEquals(announced.getFirst().segmentIndex(), announced.getLast().segmentIndex());
        assertNotEquals(announced.getFirst(), announced.getLast());
    }
}
