package xyz.autonomys.farmer.cli.sample;

import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.ss58.Ss58;

/** An account nobody owns, for the rewards of a simulated chain. */
public final class SampleAccount {
    private SampleAccount() {}

    /** Its address. */
    public static String address() {
        return Ss58.format(
                PublicKey.of(Blake3.hash("the sample cluster".getBytes(StandardCharsets.US_ASCII))
                        .toBytes()),
                Ss58.AUTONOMYS_PREFIX);
    }
}
