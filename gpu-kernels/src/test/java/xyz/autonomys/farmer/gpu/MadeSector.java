package xyz.autonomys.farmer.gpu;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.channels.Channels;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;

/** What an encoder makes of a random sector. */
record MadeSector(byte[] bytes, SectorEncoder.Encoded encoded) {
    static RandomSector random(long seed, int pieces) {
        return new RandomSector(Arena.ofAuto(), seed, pieces);
    }

    static MadeSector by(SectorEncoder encoder, RandomSector sector) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SectorEncoder.Encoded encoded =
                encoder.encode(sector.sectorId(), sector, Channels.newChannel(bytes), PlotListener.NONE);
        return new MadeSector(bytes.toByteArray(), encoded);
    }
}
