package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When which sectors are plotted again. */
class ReplotScheduleTest {
    private final ReplotSchedule schedule = new ReplotSchedule();

    private static ReplotSchedule.Expiring sector(int index, long expires) {
        return new ReplotSchedule.Expiring(index, 100, expires);
    }

    @Test
    void aFastFarmWaitsForTheLastSegmentsAndTakesTheFirstToExpireFirst() {
        List<ReplotSchedule.Expiring> sectors = List.of(sector(0, 300), sector(1, 200), sector(2, 201), sector(3, 199));
        schedule.update(sectors, 196, 1000);
        assertEquals(0, schedule.due());
        schedule.update(sectors, 199, 1000);
        assertEquals(3, schedule.next(index -> true));
        assertEquals(1, schedule.next(index -> index != 3));
        assertEquals(2, schedule.next(index -> index != 3 && index != 1));
        assertEquals(-1, schedule.next(index -> index == 0));
    }

    @Test
    void aSlowFarmBeginsEarlyAndIsDoneInTimeWithoutHaste() {
        // 40 sectors expire together; 2 of them are plotted while history grows by a segment.
        List<ReplotSchedule.Expiring> left = new ArrayList<>();
        for (int index = 0; index < 40; index++) {
            left.add(sector(index, 1000));
        }
        long begun = 0;
        for (long now = 900; now < 1000; now++) {
            schedule.update(left, now, 2);
            for (int plotted = 0; plotted < 2; plotted++) {
                int next = schedule.next(index -> left.stream().anyMatch(sector -> sector.index() == index));
                if (next >= 0) {
                    begun = begun == 0 ? now : begun;
                    left.removeIf(sector -> sector.index() == next);
                }
            }
        }
        assertTrue(left.isEmpty(), "all are done before they expire");
        assertTrue(begun >= 978 && begun <= 980, "and none much before it must be: " + begun);
    }

    @Test
    void noSectorIsGivenUpInItsYouth() {
        List<ReplotSchedule.Expiring> sectors = List.of(sector(0, 140));
        schedule.update(sectors, 129, 1e-6);
        assertEquals(0, schedule.due());
        schedule.update(sectors, 130, 1e-6);
        assertEquals(1, schedule.due());
    }

    @Test
    void nothingIsPlottedAgainAtTheSameHistory() {
        schedule.update(List.of(sector(0, 101)), 100, 1000);
        assertEquals(0, schedule.due());
        schedule.update(List.of(sector(0, 101)), 101, 1000);
        assertEquals(1, schedule.due());
    }
}
