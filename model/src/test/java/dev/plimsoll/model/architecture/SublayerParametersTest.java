package dev.plimsoll.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each sublayer's parameters, with the sizes of a published model and its matrices written out.
class SublayerParametersTest {
    private static final NormRecipe NORM = NormRecipe.rootMeanSquare(1e-6);
    private static final ActivationFunction SILU = ActivationFunction.SILU;
    private static final SelfAttention.Projection[] ALL = SelfAttention.Projection.values();

    /// Llama 3 8B.
    @Test
    void groupedQueryAttentionShrinksOnlyKeysAndValues() {
        assertParameters(
                4096,
                SelfAttention.causal(new Heads(32, 8, 128)),
                4096 * 4096 // query
                        + 4096 * 8 * 128 * 2 // key, value
                        + 4096 * 4096); // output
    }

    /// Qwen2 0.5B has three biases, GPT-2 four.
    @Test
    void eachProjectionBringsItsOwnBias() {
        SelfAttention qwen = SelfAttention.causal(new Heads(14, 2, 64))
                .withBiased(
                        SelfAttention.Projection.QUERY, SelfAttention.Projection.KEY, SelfAttention.Projection.VALUE);
        assertParameters(896, qwen, 896 * 896 + 896 + 2 * (128 * 896 + 128) + 896 * 896);
        SelfAttention gpt = SelfAttention.causal(new Heads(12, 12, 64)).withBiased(ALL);
        assertParameters(768, gpt, 4 * (768 * 768 + 768));
    }

    /// Qwen3 0.6B: heads that are together twice as wide as the stream, a norm for each; OLMo 2 norms all together.
    @Test
    void headNormsCountOnceForAHeadOrForAllHeads() {
        SelfAttention qwen =
                SelfAttention.causal(new Heads(16, 8, 128)).withHeadNorm(new SelfAttention.HeadNorm.EachHead(NORM));
        assertParameters(1024, qwen, 2048 * 1024 + 2 * 1024 * 1024 + 1024 * 2048 + 2 * 128);
        SelfAttention olmo =
                SelfAttention.causal(new Heads(40, 8, 128)).withHeadNorm(new SelfAttention.HeadNorm.AllHeads(NORM));
        assertParameters(5120, olmo, 2 * 5120 * 5120 + 2 * 1024 * 5120 + 40 * 128 + 8 * 128);
    }

    /// gpt-oss: 64 heads of 64 over a stream of 2,880, four biases, one sink a head.
    @Test
    void sinksAreOneNumberForEachQueryHead() {
        SelfAttention attention = SelfAttention.causal(new Heads(64, 8, 64))
                .withBiased(ALL)
                .withOptions(new SelfAttention.Options(
                        Presence.PRESENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        assertParameters(2880, attention, 4096 * 2880 + 4096 + 2 * (512 * 2880 + 512) + 2880 * 4096 + 2880 + 64);
    }

    /// Qwen3-Next: a gate as wide as the query.
    @Test
    void anOutputGateDoublesTheQuery() {
        SelfAttention attention = SelfAttention.causal(new Heads(16, 2, 256))
                .withHeadNorm(new SelfAttention.HeadNorm.EachHead(NORM))
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.PRESENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        assertParameters(2048, attention, 2 * 4096 * 2048 + 2 * 512 * 2048 + 2048 * 4096 + 2 * 256);
    }

    @Test
    void keysThatAreValuesAndKeysOfAnEarlierLayerAreNotProjectedAgain() {
        SelfAttention keysAsValues = SelfAttention.causal(new Heads(8, 2, 64))
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN, Presence.ABSENT));
        assertParameters(640, keysAsValues, 512 * 640 + 128 * 640 + 640 * 512);
        SelfAttention borrowing = SelfAttention.causal(new Heads(8, 2, 64))
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.ABSENT, SelfAttention.KeysAndValues.EARLIER_LAYER, Presence.PRESENT));
        assertParameters(640, borrowing, 512 * 640 + 640 * 512);
    }

    /// Keys of 192, values of 128.
    @Test
    void valuesMayBeNarrowerThanKeys() {
        assertParameters(
                4096,
                SelfAttention.causal(new Heads(64, 4, 192, 128)),
                64 * 192 * 4096 + 4 * (192 + 128) * 4096 + 4096 * 64 * 128);
    }

    /// T5 small reads an encoder of its own width; here one of 1,280 too, as a wider tower would be.
    @Test
    void crossAttentionProjectsTheOtherStacksWidth() {
        assertParameters(512, cross(512, new SelfAttention.HeadNorm.None()), 4 * 512 * 512);
        assertParameters(
                512,
                cross(1280, new SelfAttention.HeadNorm.EachHead(NORM)),
                2 * 512 * 512 + 2 * 512 * 1280 + 512 + 2 * 64);
    }

    private static CrossAttention cross(long sourceWidth, SelfAttention.HeadNorm headNorm) {
        Set<SelfAttention.Projection> biased = sourceWidth == 512 ? Set.of() : Set.of(SelfAttention.Projection.OUTPUT);
        return new CrossAttention(
                new Heads(8, 8, 64), Axis.SOURCE, sourceWidth, biased, headNorm, AttentionScores.scaled(1));
    }

    /// DeepSeek-V3: 128 heads of 128 + 64, latents of 1,536 and 512. Its report, section 4.2.
    @Test
    void latentAttentionExpandsOneSmallLatent() {
        assertParameters(
                7168,
                latent(128, OptionalLong.of(1536), Optional.empty()),
                1536 * 7168
                        + 1536 // query latent and its norm
                        + 128 * 192 * 1536 // query
                        + (512 + 64) * 7168
                        + 512 // key/value latent, rotated key, norm
                        + 128 * (128 + 128) * 512 // key, value
                        + 7168 * 128 * 128); // output
    }

    /// DeepSeek-V2 Lite projects its queries at once.
    @Test
    void latentAttentionMayProjectQueriesDirectly() {
        assertParameters(
                2048,
                latent(16, OptionalLong.empty(), Optional.empty()),
                16 * 192 * 2048 + (512 + 64) * 2048 + 512 + 16 * 256 * 512 + 2048 * 16 * 128);
    }

    /// DeepSeek-V3.2: 64 indexer heads of 128, one key for all of them, a layer norm of it.
    @Test
    void anIndexerAddsAQueryAKeyAndWeights() {
        long without = count(7168, latent(128, OptionalLong.of(1536), Optional.empty()));
        LatentAttention.Indexer indexer = new LatentAttention.Indexer(64, 128, 2048, rotary());
        assertParameters(
                7168,
                latent(128, OptionalLong.of(1536), Optional.of(indexer)),
                without + 64 * 128 * 1536 + 128 * 7168 + 2 * 128 + 64 * 7168);
    }

    private static Rotary rotary() {
        return new Rotary(64, 10_000, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());
    }

    private static LatentAttention latent(
            long heads, OptionalLong queryRank, Optional<LatentAttention.Indexer> indexer) {
        return new LatentAttention(
                heads,
                queryRank,
                512,
                128,
                128,
                rotary(),
                NORM,
                Presence.ABSENT,
                AttentionScores.scaled(1 / Math.sqrt(192.0)),
                indexer);
    }

    /// Llama 3 8B, GPT-2 and one with every bias.
    @Test
    void feedForwardNetworksHaveTwoMatricesAndAGateAThird() {
        assertParameters(4096, new GatedFeedForward(14_336, SILU, Presence.ABSENT), 3 * 4096 * 14_336);
        assertParameters(
                4096, new GatedFeedForward(14_336, SILU, Presence.PRESENT), 3 * 4096 * 14_336 + 2 * 14_336 + 4096);
        assertParameters(
                768,
                new PlainFeedForward(3072, ActivationFunction.GELU, Presence.PRESENT),
                2 * 768 * 3072 + 3072 + 768);
        assertParameters(
                768, new PlainFeedForward(3072, ActivationFunction.XIELU, Presence.ABSENT), 2 * 768 * 3072 + 2);
    }

    /// DeepSeek-V3: 256 experts of 2,048 and a shared one.
    @Test
    void expertsAddUpWithRouterCorrectionAndSharedExpert() {
        MixtureOfExperts experts = MixtureOfExperts.gated(routing(256, 8), 2048, SILU)
                .withBiases(MixtureOfExperts.Biases.CORRECTION)
                .withShared(new MixtureOfExperts.SharedExpert(2048, Presence.ABSENT));
        assertParameters(7168, experts, 256 * 7168 + 256 + 256L * 3 * 2048 * 7168 + 3 * 2048 * 7168);
    }

    /// Qwen1.5-MoE-A2.7B: 60 experts of 1,408, shared ones of 5,632 behind a gate.
    @Test
    void aSharedExpertsGateIsOneRow() {
        MixtureOfExperts experts = MixtureOfExperts.gated(routing(60, 4), 1408, SILU)
                .withShared(new MixtureOfExperts.SharedExpert(5632, Presence.PRESENT));
        assertParameters(2048, experts, 60 * 2048 + 60L * 3 * 1408 * 2048 + 3 * 5632 * 2048 + 2048);
    }

    /// gpt-oss-20b: 32 experts of 2,880 with biases everywhere.
    @Test
    void expertBiasesCountForEachExpert() {
        MixtureOfExperts experts = MixtureOfExperts.gated(routing(32, 4), 2880, SILU)
                .withBiases(new MixtureOfExperts.Biases(Presence.PRESENT, Presence.ABSENT, Presence.PRESENT));
        assertParameters(
                2880,
                experts,
                32 * 2880
                        + 32 // router
                        + 32L * (2880 * 2 * 2880 + 2 * 2880) // gate, up
                        + 32L * (2880 * 2880 + 2880)); // down
    }

    /// Experts without a gate over a latent: 128 of 2,688 between 1,024 and back, in a stream of 4,096.
    @Test
    void expertsOverALatentAreAsWideAsTheLatent() {
        MixtureOfExperts experts = MixtureOfExperts.gated(routing(128, 6), 2688, ActivationFunction.RELU_SQUARED)
                .withForm(MixtureOfExperts.Form.PLAIN)
                .withBiases(MixtureOfExperts.Biases.CORRECTION)
                .withLatentWidth(1024)
                .withShared(new MixtureOfExperts.SharedExpert(5376, Presence.ABSENT));
        assertParameters(4096, experts, 128 * 4096 + 128 + 128L * 2 * 2688 * 1024 + 2 * 5376 * 4096 + 2 * 1024 * 4096);
    }

    private static Routing routing(long experts, long topK) {
        return new Routing(experts, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
    }

    /// Mamba 130M: a stream of 768, 1,536 channels of 16 states, rank 48.
    @Test
    void aSelectiveScanHasADecayForEachChannelAndState() {
        assertParameters(768, scan(Optional.empty()), SCAN);
        assertParameters(768, scan(Optional.of(NORM)), SCAN + 48 + 2 * 16);
    }

    private static final long SCAN = 2 * 1536 * 768 // input, gate
            + 1536 * 4
            + 1536 // convolution
            + (48 + 2 * 16) * 1536 // time step, B, C
            + 1536 * 48
            + 1536 // time step up
            + 1536 * 16
            + 1536 // decay, skip
            + 768 * 1536; // output

    private static SelectiveScan scan(Optional<NormRecipe> norm) {
        return new SelectiveScan(1536, 16, 4, 48, Presence.PRESENT, Presence.ABSENT, norm);
    }

    /// Mamba-2 130M: 24 heads of 64, one group of 128 states.
    @Test
    void aGroupedStateSpaceHasThreeNumbersForEachHead() {
        GroupedStateSpace.GatedNorm norm = new GroupedStateSpace.GatedNorm(NORM, 1, GroupedStateSpace.Order.GATE_FIRST);
        GroupedStateSpace space =
                new GroupedStateSpace(24, 64, 1, 128, 4, Presence.PRESENT, Presence.ABSENT, Optional.of(norm));
        assertParameters(
                768,
                space,
                (2 * 1536 + 2 * 128 + 24) * 768 // gate, input, B, C, time step
                        + (1536 + 2 * 128) * (4 + 1) // convolution and its bias
                        + 3 * 24 // decay, skip, time-step bias
                        + 1536 // norm
                        + 768 * 1536); // output
    }

    /// Qwen3-Next 80B-A3B: 16 key heads and 32 value heads of 128.
    @Test
    void theGatedDeltaRuleCountsKeysByGroupsAndValuesByHeads() {
        assertParameters(
                2048,
                new GatedDelta(16, 128, 32, 128, 4, NORM),
                (2 * 2048 + 2 * 4096) * 2048 // query, key, value, gate
                        + 2 * 32 * 2048 // beta, decay
                        + (2 * 2048 + 4096) * 4 // convolution
                        + 32
                        + 32 // decay, time-step bias
                        + 128 // norm
                        + 2048 * 4096); // output
    }

    /// LFM2 1.2B: a stream of 2,048, a convolution of three tokens.
    @Test
    void aShortConvolutionHasFourSquaresAndAKernel() {
        assertParameters(2048, new ShortConvolution(3, Presence.ABSENT), 4 * 2048 * 2048 + 2048 * 3);
        assertParameters(2048, new ShortConvolution(3, Presence.PRESENT), 4 * 2048 * 2048 + 2048 * 3 + 5 * 2048);
    }

    @Test
    void aDenseReplacementIsOneSquare() {
        assertParameters(8192, new DenseReplacement(DenseReplacement.Replaced.ATTENTION), 8192 * 8192);
        assertParameters(8192, new DenseReplacement(DenseReplacement.Replaced.FEED_FORWARD), 8192 * 8192);
    }

    @Test
    void twoSideBySideAddUp() {
        SelfAttention attention = SelfAttention.causal(new Heads(12, 2, 64));
        assertParameters(768, new SideBySide(attention, scan(Optional.empty())), 2 * 768 * 768 + 2 * 128 * 768 + SCAN);
    }

    private static void assertParameters(long hidden, Sublayer sublayer, long expected) {
        assertThat(count(hidden, sublayer)).isEqualTo(expected);
    }

    private static long count(long hidden, Sublayer sublayer) {
        BlockBuilder builder =
                new BlockBuilder("sublayer", TensorNaming.NONE, Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
        Value input = builder.input("hidden", Shape.of(Axis.HIDDEN, hidden));
        Value output = sublayer.append(builder, input);
        assertThat(output.shape()).isEqualTo(input.shape());
        return builder.build(output).parameters().stream()
                .mapToLong(Parameter::elements)
                .sum();
    }
}
