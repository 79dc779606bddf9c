package xyz.autonomys.farmer.farm;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import xyz.autonomys.farmer.primitives.GenesisHash;

/**
 * How a farm is opened or made. What is empty is taken from the farm as it is.
 *
 * @param genesisHash the chain the farm must belong to; needed to make one
 * @param maxPiecesInSector pieces of a sector the chain allows; needed to make a farm, which gets as many. A farm with
 *     fewer keeps them, one with more is refused
 * @param allocatedBytes size of the farm; another than it has resizes it
 * @param sectors number of sectors, instead of a size
 * @param cachePercent share of the size that is not plotted because upstream's piece cache takes it, 0…99
 * @param locking whether to take the farm's lock
 * @param directIo whether to go past the page cache
 * @param readOnly whether to change nothing at all and take no lock
 * @param keepPlotted whether a size that does not hold all plotted sectors is refused, instead of giving some up
 */
public record FarmOptions(
        Optional<GenesisHash> genesisHash,
        OptionalInt maxPiecesInSector,
        OptionalLong allocatedBytes,
        OptionalInt sectors,
        int cachePercent,
        boolean locking,
        boolean directIo,
        boolean readOnly,
        boolean keepPlotted) {
    /** Refuses impossible values. */
    public FarmOptions {
        if (cachePercent < 0 || cachePercent > 99) {
            throw new IllegalArgumentException("a cache takes 0 to 99 percent of a farm, got " + cachePercent);
        }
        if (allocatedBytes.isPresent() && sectors.isPresent()) {
            throw new IllegalArgumentException("a farm has a size or a number of sectors, not both");
        }
        if (sectors.isPresent() && (sectors.getAsInt() < 1 || sectors.getAsInt() > FarmLayout.MAX_SECTORS)) {
            throw new IllegalArgumentException(
                    "a farm has 1 to " + FarmLayout.MAX_SECTORS + " sectors, got " + sectors.getAsInt());
        }
    }

    /** A farm as it is. */
    public static FarmOptions existing() {
        return usual(Optional.empty(), OptionalInt.empty());
    }

    /** A farm of this chain, with sectors of as many pieces as the chain allows. */
    public static FarmOptions of(GenesisHash genesisHash, int maxPiecesInSector) {
        return usual(Optional.of(genesisHash), OptionalInt.of(maxPiecesInSector));
    }

    private static FarmOptions usual(Optional<GenesisHash> genesisHash, OptionalInt maxPiecesInSector) {
        return new FarmOptions(
                genesisHash, maxPiecesInSector, OptionalLong.empty(), OptionalInt.empty(), 0, true, true, false, false);
    }

    /** The same with this size in bytes. */
    public FarmOptions withAllocatedBytes(long bytes) {
        return sized(OptionalLong.of(bytes), OptionalInt.empty());
    }

    /** The same with this number of sectors. */
    public FarmOptions withSectors(int number) {
        return sized(OptionalLong.empty(), OptionalInt.of(number));
    }

    private FarmOptions sized(OptionalLong bytes, OptionalInt number) {
        return new FarmOptions(
                genesisHash, maxPiecesInSector, bytes, number, cachePercent, locking, directIo, readOnly, keepPlotted);
    }

    /** The same without the farm's lock: only where the file system has no locks and no other farmer uses the farm. */
    public FarmOptions withoutLocking() {
        return used(false, directIo, readOnly, keepPlotted);
    }

    /** The same through the page cache. */
    public FarmOptions withoutDirectIo() {
        return used(locking, false, readOnly, keepPlotted);
    }

    /** The same for looking only: no lock, no change. */
    public FarmOptions forReading() {
        return used(false, directIo, true, keepPlotted);
    }

    /** The same, but a size that does not hold all plotted sectors is refused. */
    public FarmOptions keepingPlotted() {
        return used(locking, directIo, readOnly, true);
    }

    private FarmOptions used(boolean lock, boolean direct, boolean read, boolean keep) {
        return new FarmOptions(
                genesisHash, maxPiecesInSector, allocatedBytes, sectors, cachePercent, lock, direct, read, keep);
    }

    boolean asksForASize() {
        return allocatedBytes.isPresent() || sectors.isPresent();
    }
}
