package xyz.autonomys.farmer.plotserver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.sector.plot.EncodingDevice;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * How long the encoder as a whole and each of its devices worked, and what they waited for. An idle device waits for what
 * the next sector waits for: its pieces, room in staging, or a task.
 */
final class EncoderTimes {
    private static final String SECONDS = "autonomys_farmer_encoder_seconds";
    private static final String HELP = "Time by what a device of the encoder did or waited for.";

    private final IdleTimes encoder = new IdleTimes(System.nanoTime());
    private final List<DeviceTimes> devices;

    /** One device. */
    private record DeviceTimes(EncodingDevice device, IdleTimes times) {}

    EncoderTimes(SectorEncoder encoder, Meters meters) {
        devices = encoder.devices().stream()
                .map(device -> new DeviceTimes(device, new IdleTimes(System.nanoTime())))
                .toList();
        if (devices.isEmpty()) {
            observe(meters, "processor", this.encoder);
        }
        devices.forEach(entry -> observe(meters, entry.device().name(), entry.times()));
    }

    private static void observe(Meters meters, String device, IdleTimes times) {
        for (IdleTimes.State state : IdleTimes.State.values()) {
            meters.count(
                    SECONDS,
                    HELP,
                    () -> times.spent(state).toMillis() / 1e3,
                    "device",
                    device,
                    "state",
                    state.name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Takes note of what is the case now.
     *
     * @param jobs sectors in work
     * @param stagingIsFull whether no sector is begun for want of room
     * @return what the encoder as a whole does
     */
    IdleTimes.State look(Collection<SectorJob> jobs, boolean stagingIsFull) {
        IdleTimes.State without = stagingIsFull ? IdleTimes.State.TRANSFER : IdleTimes.State.NO_TASK;
        IdleTimes.State whole = without;
        IdleTimes.State idle = without;
        for (SectorJob job : jobs) {
            IdleTimes.State state = job.state();
            whole = state.compareTo(whole) < 0 ? state : whole;
            idle = state == IdleTimes.State.PIECES ? state : idle;
        }
        long now = System.nanoTime();
        encoder.now(whole, now);
        for (DeviceTimes entry : devices) {
            entry.times()
                    .now(
                            switch (entry.device().activity()) {
                                case ENCODING -> IdleTimes.State.ENCODING;
                                case WRITING -> IdleTimes.State.STAGING_DISK;
                                case NOTHING -> idle;
                            },
                            now);
        }
        return whole;
    }

    /** The times in words: in seconds for the encoder, in percent for each device. */
    List<Member.Detail> details() {
        List<Member.Detail> details = new ArrayList<>();
        for (IdleTimes.State state : IdleTimes.State.values()) {
            details.add(new Member.Detail(
                    "seconds " + state.text(),
                    Long.toString(encoder.spent(state).toSeconds())));
        }
        devices.forEach(entry -> details.add(new Member.Detail(entry.device().name(), shares(entry.times()))));
        return details;
    }

    private static String shares(IdleTimes times) {
        Map<IdleTimes.State, Long> millis = new EnumMap<>(IdleTimes.State.class);
        long all = 0;
        for (IdleTimes.State state : IdleTimes.State.values()) {
            long spent = times.spent(state).toMillis();
            millis.put(state, spent);
            all += spent;
        }
        List<String> shares = new ArrayList<>();
        for (Map.Entry<IdleTimes.State, Long> entry : millis.entrySet()) {
            long percent = Math.round(100.0 * entry.getValue() / Math.max(1, all));
            if (percent > 0) {
                shares.add(entry.getKey().text() + " " + percent + " %");
            }
        }
        return String.join(", ", shares);
    }
}
