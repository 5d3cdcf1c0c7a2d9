package dev.plimsoll.planner;

import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.CrossAttention;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.GatedDelta;
import dev.plimsoll.model.architecture.GatedFeedForward;
import dev.plimsoll.model.architecture.GroupedStateSpace;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LatentAttention;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.MixtureOfExperts;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelectiveScan;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.ShortConvolution;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.TensorNaming;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Transformers of published sizes, composed by hand. The sizes are those of each model's own configuration file.
public final class Models {
    public static final NormRecipe RMS = NormRecipe.rootMeanSquare(1e-6);
    public static final NormRecipe LAYER = NormRecipe.layer(1e-5);

    /// DeepSeek's, over the last 64 elements of a head.
    private static final Rotary ROTARY =
            new Rotary(64, 10000, Rotary.Pairing.NEIGHBOURS, Rotary.End.LAST, new RotaryScaling.None());

    private Models() {}

    /// GPT-2 and GPT-3: learned positions, biases everywhere, a tied head.
    public static Transformer gpt(long layers, long hidden, long heads, long vocabulary, long positions) {
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_BEFORE,
                LAYER,
                SelfAttention.causal(new Heads(heads, heads, hidden / heads))
                        .withBiased(SelfAttention.Projection.values()),
                new PlainFeedForward(4 * hidden, ActivationFunction.GELU, Presence.PRESENT));
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(vocabulary, hidden).withPositions(positions);
        return decoder("gpt2", embedding, repeat(layer, layers), HeadRecipe.Weights.TIED, LAYER);
    }

    public static Transformer gpt2() {
        return gpt(12, 768, 12, 50257, 1024);
    }

    public static Transformer gpt3() {
        return gpt(96, 12288, 96, 50257, 2048);
    }

    /// Llama: gated feed-forward, no biases, a head of its own.
    public static Transformer llama(
            long layers, long hidden, long heads, long keyValueHeads, long headSize, long width, long vocabulary) {
        LayerRecipe layer = before(SelfAttention.causal(new Heads(heads, keyValueHeads, headSize)), gated(width));
        return decoder(
                "llama", EmbeddingRecipe.plain(vocabulary, hidden), repeat(layer, layers), HeadRecipe.Weights.OWN, RMS);
    }

    public static Transformer llama2With7B() {
        return llama(32, 4096, 32, 32, 128, 11008, 32000);
    }

    public static Transformer llama2With70B() {
        return llama(80, 8192, 64, 8, 128, 28672, 32000);
    }

    public static Transformer llama31With8B() {
        return llama(32, 4096, 32, 8, 128, 14336, 128256);
    }

    public static Transformer llama31With405B() {
        return llama(126, 16384, 128, 8, 128, 53248, 128256);
    }

    public static Transformer mixtral8x7B() {
        LayerRecipe layer = before(
                SelfAttention.causal(new Heads(32, 8, 128)),
                MixtureOfExperts.gated(routing(8, 2), 14336, ActivationFunction.SILU));
        return decoder("mixtral", EmbeddingRecipe.plain(32000, 4096), repeat(layer, 32), HeadRecipe.Weights.OWN, RMS);
    }

    public static Transformer deepSeekV3() {
        return deepSeek(Optional.empty());
    }

    public static Transformer deepSeekV32() {
        return deepSeek(Optional.of(new LatentAttention.Indexer(64, 128, 2048, ROTARY)));
    }

    private static Transformer deepSeek(Optional<LatentAttention.Indexer> indexer) {
        LatentAttention attention = new LatentAttention(
                128,
                OptionalLong.of(1536),
                512,
                128,
                128,
                ROTARY,
                RMS,
                Presence.ABSENT,
                AttentionScores.scaled(1 / Math.sqrt(192.0)),
                indexer);
        List<LayerRecipe> layers = new ArrayList<>(repeat(before(attention, gated(18432)), 3));
        layers.addAll(repeat(
                before(
                        attention,
                        MixtureOfExperts.gated(routing(256, 8), 2048, ActivationFunction.SILU)
                                .withBiases(MixtureOfExperts.Biases.CORRECTION)
                                .withShared(new MixtureOfExperts.SharedExpert(2048, Presence.ABSENT))),
                58));
        return decoder("deepseek_v3", EmbeddingRecipe.plain(129280, 7168), layers, HeadRecipe.Weights.OWN, RMS);
    }

    /// Gemma 3 27B's text stack: five layers with a window for one without.
    public static Transformer gemma3With27B() {
        SelfAttention full =
                SelfAttention.causal(new Heads(32, 16, 128)).withHeadNorm(new SelfAttention.HeadNorm.EachHead(RMS));
        SelfAttention sliding = full.withMask(new AttentionMask.SlidingWindow(1024));
        List<LayerRecipe> layers = new ArrayList<>();
        for (int i = 0; i < 62; i++) {
            layers.add(new LayerRecipe(LayerRecipe.Wiring.NORM_AROUND, RMS, i % 6 == 5 ? full : sliding, gated(21504)));
        }
        return decoder("gemma3", EmbeddingRecipe.plain(262208, 5376), layers, HeadRecipe.Weights.TIED, RMS);
    }

    /// The attention layers of gpt-oss-20b: every other one with a window of 128.
    public static Transformer gptOss20B() {
        SelfAttention full = SelfAttention.causal(new Heads(64, 8, 64))
                .withBiased(SelfAttention.Projection.values())
                .withOptions(new SelfAttention.Options(
                        Presence.PRESENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        MixtureOfExperts experts = MixtureOfExperts.gated(routing(32, 4), 2880, ActivationFunction.SILU)
                .withBiases(new MixtureOfExperts.Biases(Presence.PRESENT, Presence.ABSENT, Presence.PRESENT));
        List<LayerRecipe> layers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            layers.add(before(i % 2 == 0 ? full.withMask(new AttentionMask.SlidingWindow(128)) : full, experts));
        }
        return decoder("gpt_oss", EmbeddingRecipe.plain(201088, 2880), layers, HeadRecipe.Weights.OWN, RMS);
    }

    /// The text stack of Qwen3.6-27B: three layers of linear attention for one of gated attention.
    public static Transformer qwen36With27B() {
        SelfAttention full = SelfAttention.causal(new Heads(24, 4, 256))
                .withHeadNorm(new SelfAttention.HeadNorm.EachHead(RMS))
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.PRESENT, SelfAttention.KeysAndValues.OWN, Presence.PRESENT));
        GatedDelta linear = new GatedDelta(16, 128, 48, 128, 4, RMS);
        List<LayerRecipe> layers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            layers.add(before(i % 4 == 3 ? full : linear, gated(17408)));
        }
        return decoder("qwen3_5", EmbeddingRecipe.plain(248320, 5120), layers, HeadRecipe.Weights.OWN, RMS);
    }

    /// LFM2-1.2B: ten short convolutions, six attention layers.
    public static Transformer lfm2With1200M() {
        Set<Integer> attention = Set.of(2, 5, 8, 10, 12, 14);
        SelfAttention full =
                SelfAttention.causal(new Heads(32, 8, 64)).withHeadNorm(new SelfAttention.HeadNorm.EachHead(RMS));
        List<LayerRecipe> layers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            layers.add(before(attention.contains(i) ? full : new ShortConvolution(3, Presence.ABSENT), gated(8192)));
        }
        return decoder("lfm2", EmbeddingRecipe.plain(65536, 2048), layers, HeadRecipe.Weights.TIED, RMS);
    }

    /// Mamba-130M: 24 layers of width 768, inner width 1536, 16 states a channel, time-step rank 48.
    public static Transformer mamba130M() {
        SelectiveScan scan = new SelectiveScan(1536, 16, 4, 48, Presence.PRESENT, Presence.ABSENT, Optional.empty());
        return decoder(
                "mamba", EmbeddingRecipe.plain(50280, 768), repeat(before(scan), 24), HeadRecipe.Weights.TIED, RMS);
    }

    /// Mamba-2 layers: `heads` of 64, one group of 128 states, convolutions of 4.
    public static Transformer mamba2(long layers, long hidden, long heads) {
        GroupedStateSpace space = new GroupedStateSpace(
                heads,
                64,
                1,
                128,
                4,
                Presence.PRESENT,
                Presence.ABSENT,
                Optional.of(new GroupedStateSpace.GatedNorm(RMS, 1, GroupedStateSpace.Order.GATE_FIRST)));
        return decoder(
                "mamba2",
                EmbeddingRecipe.plain(50288, hidden),
                repeat(before(space), layers),
                HeadRecipe.Weights.TIED,
                RMS);
    }

    /// T5: an encoder and a decoder with cross attention, one table for both and the head.
    public static Transformer t5(long layers, long hidden, long heads, long headSize, long width) {
        Heads sizes = new Heads(heads, heads, headSize);
        SelfAttention encoderAttention = SelfAttention.causal(sizes)
                .withMask(new AttentionMask.Everything())
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN_UNCACHED, Presence.PRESENT));
        CrossAttention cross = new CrossAttention(
                sizes, Axis.SOURCE, hidden, Set.of(), new SelfAttention.HeadNorm.None(), AttentionScores.scaled(1));
        PlainFeedForward feedForward = new PlainFeedForward(width, ActivationFunction.RELU, Presence.ABSENT);
        EmbeddingRecipe embedding = EmbeddingRecipe.plain(32128, hidden);
        Part encoder = new StackBuilder("encoder", Part.Kind.TEXT_ENCODER, Axis.SOURCE, hidden, TensorNaming.NONE)
                .embedding(embedding)
                .layers(repeat(before(encoderAttention, feedForward), layers), 0)
                .finalNorm(RMS)
                .build();
        Part decoder = new StackBuilder("decoder", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, TensorNaming.NONE)
                .embedding(embedding)
                .layers(repeat(before(SelfAttention.causal(sizes), cross, feedForward), layers), 0)
                .finalNorm(RMS)
                .head(new HeadRecipe(HeadRecipe.Weights.TIED, 32128, Presence.ABSENT), embedding)
                .build();
        return new Transformer("t5", List.of(encoder, decoder), OptionalLong.empty());
    }

    /// A stack of bidirectional layers, as BERT's.
    public static Transformer bert() {
        SelfAttention attention = SelfAttention.causal(new Heads(12, 12, 64))
                .withMask(new AttentionMask.Everything())
                .withBiased(SelfAttention.Projection.values())
                .withOptions(new SelfAttention.Options(
                        Presence.ABSENT, Presence.ABSENT, SelfAttention.KeysAndValues.OWN_UNCACHED, Presence.PRESENT));
        LayerRecipe layer = new LayerRecipe(
                LayerRecipe.Wiring.NORM_AFTER_SUM,
                LAYER,
                attention,
                new PlainFeedForward(3072, ActivationFunction.GELU, Presence.PRESENT));
        Part encoder = new StackBuilder("text", Part.Kind.TEXT_ENCODER, Axis.SEQUENCE, 768, TensorNaming.NONE)
                .embedding(EmbeddingRecipe.plain(30522, 768)
                        .withPositions(512)
                        .withTokenTypes(2)
                        .withNorm(LAYER))
                .layers(repeat(layer, 12), 0)
                .build();
        return new Transformer("bert", List.of(encoder), OptionalLong.of(512));
    }

    /// The same model with a tower before it: patches of 3 x 2 x 2 pixels to a width of 8, and a projector.
    public static Transformer withTower(Transformer text) {
        Shape pixels =
                Shape.of(Axis.CHANNELS, 3).then(Shape.of(Axis.PATCH_HEIGHT, 2)).then(Shape.of(Axis.PATCH_WIDTH, 2));
        Shape width = Shape.of(Axis.HIDDEN, 8);
        StackBuilder tower = new StackBuilder("vision", Part.Kind.VISION_ENCODER, Axis.PATCHES, 8, TensorNaming.NONE);
        BlockBuilder patches = tower.block("patches");
        Value read = patches.input("pixels", pixels);
        Value mapped = patches.linear("patches", Role.EMBEDDING, read, pixels, width, Presence.ABSENT);
        tower.add(patches.build(mapped));
        StackBuilder projector = new StackBuilder("projector", Part.Kind.PROJECTOR, Axis.PATCHES, 8, TensorNaming.NONE);
        projector.stream(
                "projector",
                (block, stream) -> block.linear(
                        "projector", Role.PROJECTOR, stream, width, Shape.of(Axis.HIDDEN, 16), Presence.ABSENT));
        List<Part> parts = new ArrayList<>(List.of(tower.build(), projector.build()));
        parts.addAll(text.parts());
        return new Transformer("towered", parts, OptionalLong.empty());
    }

    /// The same model with one more layer, of width 16, that predicts a further token from the same table.
    public static Transformer withFurtherTokens(Transformer text) {
        Part further = new StackBuilder(
                        "further tokens", Part.Kind.NEXT_TOKENS_PREDICTION, Axis.SEQUENCE, 16, TensorNaming.NONE)
                .embedding(EmbeddingRecipe.plain(10, 16))
                .layers(List.of(before(SelfAttention.causal(new Heads(1, 1, 16)), gated(16))), 2)
                .build();
        List<Part> parts = new ArrayList<>(text.parts());
        parts.add(further);
        return new Transformer("further", parts, OptionalLong.empty());
    }

    public static Transformer decoder(
            String architecture,
            EmbeddingRecipe embedding,
            List<LayerRecipe> layers,
            HeadRecipe.Weights head,
            NormRecipe finalNorm) {
        Part part = new StackBuilder(
                        "text", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, embedding.hidden(), TensorNaming.NONE)
                .embedding(embedding)
                .layers(layers, 0)
                .finalNorm(finalNorm)
                .head(new HeadRecipe(head, embedding.vocabulary(), Presence.ABSENT), embedding)
                .build();
        return new Transformer(architecture, List.of(part), OptionalLong.empty());
    }

    public static LayerRecipe before(Sublayer... sublayers) {
        return new LayerRecipe(LayerRecipe.Wiring.NORM_BEFORE, RMS, sublayers);
    }

    public static GatedFeedForward gated(long width) {
        return new GatedFeedForward(width, ActivationFunction.SILU, Presence.ABSENT);
    }

    public static Routing routing(long experts, long topK) {
        return new Routing(experts, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.NORMALIZED);
    }

    public static List<LayerRecipe> repeat(LayerRecipe layer, long times) {
        List<LayerRecipe> layers = new ArrayList<>();
        for (long i = 0; i < times; i++) {
            layers.add(layer);
        }
        return layers;
    }
}
