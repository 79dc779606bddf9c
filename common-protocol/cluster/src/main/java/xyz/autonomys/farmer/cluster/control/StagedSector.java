package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * A finished sector that waits for its plot-client.
 *
 * @param task the task it fulfils
 * @param holder the plot-server that has it on its staging disk
 * @param fileId under which name the data plane of the holder gives it out
 * @param length bytes of the file: sector, then its 131,116-byte metadata record
 * @param checksum BLAKE3 of the file
 */
public record StagedSector(PlotTask task, MemberId holder, String fileId, long length, Blake3Hash checksum) {}
