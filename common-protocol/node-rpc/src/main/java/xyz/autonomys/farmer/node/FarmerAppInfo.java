package xyz.autonomys.farmer.node;

import java.time.Duration;
import java.util.List;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.GenesisHash;

/**
 * What a node tells a farmer about its chain and itself.
 *
 * <p>Source: autonomys/subspace, crates/subspace-rpc-primitives/src/lib.rs.
 *
 * @param genesisHash identity of the chain
 * @param dsnBootstrapNodes multiaddresses of the storage network, as text
 * @param syncing true while the node catches up; no slots are announced then
 * @param farmingTimeout time between a slot and the end of its submission window
 * @param protocolInfo what plotting depends on
 */
public record FarmerAppInfo(
        GenesisHash genesisHash,
        List<String> dsnBootstrapNodes,
        boolean syncing,
        Duration farmingTimeout,
        FarmerProtocolInfo protocolInfo) {
    /** Copies the list. */
    public FarmerAppInfo {
        dsnBootstrapNodes = List.copyOf(dsnBootstrapNodes);
    }
}
