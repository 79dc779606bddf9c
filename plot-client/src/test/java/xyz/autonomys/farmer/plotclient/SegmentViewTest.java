package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** Which history a sector is plotted at (rule M10). */
class SegmentViewTest {
    @TempDir
    private Path directory;

    private static Member controller(int number, boolean healthy, Member.Detail... details) {
        return new Member(
                new MemberId(String.format("%016x", number)),
                MemberRole.CONTROLLER,
                "test",
                "",
                "host",
                0,
                0,
                0,
                healthy,
                "",
                List.of(details));
    }

    private static Member.Detail history(int size) {
        return new Member.Detail(Member.HISTORY_SIZE, Integer.toString(size));
    }

    @Test
    void theHealthyNodeWithTheLeastHistoryDecidesAndAnAlarmStopsPlotting() throws Exception {
        try (PrivateNatsServer nats = PrivateNatsServer.start(directory, 0);
                ControlPlane plane =
                        ControlPlane.connect(NatsSettings.of(List.of(nats.url())), new Subjects("history"), "test");
                SegmentLedger ledger = new SegmentLedger(plane, header -> {});
                Membership reader = new Membership(plane);
                Membership one = new Membership(plane);
                Membership two = new Membership(plane);
                Membership three = new Membership(plane)) {
            SegmentView view = new SegmentView(ledger, reader);
            for (int index = 0; index < 5; index++) {
                ledger.record(new SegmentHeader(
                        index,
                        SegmentCommitment.fromHex("aa".repeat(48)),
                        Blake3Hash.fromHex("00".repeat(32)),
                        new LastArchivedBlock(index, -1)));
            }
            eventually("five segments", () -> view.historySize() == 5);
            one.announce(() -> controller(1, true, history(4)));
            eventually("a node that lags", () -> view.historySize() == 4);
            two.announce(() -> controller(2, false, history(1)));
            eventually("the second", () -> reader.present().size() == 2);
            assertEquals(4, view.historySize(), "one that is not well does not count");
            assertEquals(Optional.empty(), view.alarm());
            three.announce(() -> controller(3, true, history(9), new Member.Detail(Member.ALARM, "two histories")));
            eventually("the alarm", () -> view.alarm().equals(Optional.of("two histories")));
            assertEquals(4, view.historySize());
        }
    }
}
