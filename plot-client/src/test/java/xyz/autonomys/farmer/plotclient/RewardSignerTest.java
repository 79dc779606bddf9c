package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.control.RewardSigningRequest;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;

/** Who gets which signature (rules M6 and M7). */
class RewardSignerTest {
    private static final MemberId ONE = new MemberId("0000000000000001");
    private static final MemberId OTHER = new MemberId("0000000000000002");

    @TempDir
    private Path directory;

    @Test
    void oneHashHasOneSignatureForEveryNodeAlsoAfterARestart() throws Exception {
        FarmOptions options = FarmOptions.of(GenesisHash.of(new byte[32]), 1).withSectors(1);
        LinkedBlockingQueue<RewardSignatureResponse> toOne = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<RewardSignatureResponse> toOther = new LinkedBlockingQueue<>();
        RewardHash hash = RewardHash.fromHex("ab".repeat(32));
        RewardHash next = RewardHash.fromHex("cd".repeat(32));
        try (PrivateNatsServer nats = PrivateNatsServer.start(directory.resolve("nats"), 0);
                ControlPlane control =
                        ControlPlane.connect(NatsSettings.of(List.of(nats.url())), new Subjects("signing"), "test");
                var one = control.subscribe(
                        control.subjects().rewardSignatures(ONE),
                        RewardSignatureResponse.class,
                        (message, response) -> toOne.add(response));
                var other = control.subscribe(
                        control.subjects().rewardSignatures(OTHER),
                        RewardSignatureResponse.class,
                        (message, response) -> toOther.add(response))) {
            PublicKey key;
            RewardSignatureResponse first;
            try (Farm farm = Farm.openOrCreate(directory.resolve("farm"), options)) {
                key = farm.publicKey();
                RewardSigner signer = new RewardSigner(control);
                signer.add(farm);
                signer.sign(
                        new RewardSigningRequest(ONE, new RewardSigningInfo(next, PublicKey.fromHex("4a".repeat(32)))));
                signer.sign(new RewardSigningRequest(ONE, new RewardSigningInfo(hash, key)));
                first = toOne.poll(20, TimeUnit.SECONDS);
                assertEquals(hash, first.hash(), "the request for a foreign key got no answer");
                signer.sign(new RewardSigningRequest(OTHER, new RewardSigningInfo(hash, key)));
                assertEquals(first, toOther.poll(20, TimeUnit.SECONDS));
                assertEquals(2, signer.signed());
            }
            try (Farm farm = Farm.openOrCreate(directory.resolve("farm"), options)) {
                RewardSigner signer = new RewardSigner(control);
                signer.add(farm);
                signer.sign(new RewardSigningRequest(ONE, new RewardSigningInfo(next, key)));
                signer.sign(new RewardSigningRequest(ONE, new RewardSigningInfo(hash, key)));
                assertEquals(next, toOne.poll(20, TimeUnit.SECONDS).hash(), "each request has its own answer");
                assertEquals(first, toOne.poll(20, TimeUnit.SECONDS));
            }
            assertTrue(toOne.isEmpty() && toOther.isEmpty(), "each answer went to the node that asked");
        }
    }
}
