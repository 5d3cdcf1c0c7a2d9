package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.EncoderDecoderNamings;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.CrossAttention;
import dev.plimsoll.model.architecture.EmbeddingRecipe;
import dev.plimsoll.model.architecture.HeadRecipe;
import dev.plimsoll.model.architecture.Heads;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.LayerRecipe.Wiring;
import dev.plimsoll.model.architecture.NormRecipe;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.PlainFeedForward;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.SelfAttention;
import dev.plimsoll.model.architecture.SelfAttention.Projection;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Sublayer;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// BART and its kin: an encoder and a decoder with biases and learned positions; Whisper hears instead of reading.
final class BartFamilies {
    /// A bias on keys would change no softmax, so Whisper has none. Source: Radford et al. 2022's code.
    private static final Set<Projection> WHISPER_BIASED =
            EnumSet.of(Projection.QUERY, Projection.VALUE, Projection.OUTPUT);

    static final Map<String, Family> ALL = Map.of(
            "bart", config -> new BartFamilies(config, Wiring.NORM_AFTER_SUM, EnumSet.allOf(Projection.class)).text(),
            "mbart", config -> new BartFamilies(config, Wiring.NORM_BEFORE, EnumSet.allOf(Projection.class)).text(),
            "whisper", config -> new BartFamilies(config, Wiring.NORM_BEFORE, WHISPER_BIASED).audio());

    private static final NormRecipe NORM = NormRecipe.layer(1e-5);
    private static final int SECOND_STRIDE = 2;

    private final Config config;
    private final Wiring wiring;
    private final Set<Projection> biased;
    private final long hidden;

    private BartFamilies(Config config, Wiring wiring, Set<Projection> biased) {
        this.config = config;
        this.wiring = wiring;
        this.biased = biased;
        this.hidden = config.size("d_model");
    }

    /// The first two rows of each position table are padding's.
    private Transformer text() {
        long positions = config.size("max_position_embeddings");
        EmbeddingRecipe embedding = embedding(positions + 2).withNorm(NORM);
        StackBuilder encoder = new StackBuilder(
                        "encoder", Part.Kind.TEXT_ENCODER, Axis.SOURCE, hidden, EncoderDecoderNamings.BART_ENCODER)
                .embedding(embedding)
                .layers(encoderLayers(), 0);
        StackBuilder decoder = new StackBuilder(
                        "decoder", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, EncoderDecoderNamings.BART_DECODER)
                .embedding(embedding)
                .layers(decoderLayers(), 0);
        if (wiring == Wiring.NORM_BEFORE) {
            encoder.finalNorm(NORM);
            decoder.finalNorm(NORM);
        }
        List<Part> parts =
                List.of(encoder.build(), decoder.head(head(), embedding).build());
        return new Transformer(Keys.architecture(config), parts, OptionalLong.of(positions));
    }

    /// Sound is padded or cut to 30 seconds, so that the encoder always has all its positions, and twice the frames.
    /// Source: Radford et al. 2022, section 2.2.
    private Transformer audio() {
        long positions = config.size("max_target_positions");
        long heard = config.sizeOr(1500, "max_source_positions");
        StackBuilder encoder = new StackBuilder(
                "audio", Part.Kind.AUDIO_ENCODER, Axis.SOURCE, hidden, EncoderDecoderNamings.WHISPER_ENCODER);
        Part audio = encoder.add(listen(encoder.block("embedding"), heard))
                .layers(encoderLayers(), 0)
                .finalNorm(NORM)
                .always(Axis.SOURCE, heard)
                .always(Axis.FRAMES, Math.multiplyExact(SECOND_STRIDE, heard))
                .build();
        EmbeddingRecipe embedding = embedding(positions);
        Part decoder = new StackBuilder(
                        "decoder", Part.Kind.TEXT_DECODER, Axis.SEQUENCE, hidden, EncoderDecoderNamings.WHISPER_DECODER)
                .embedding(embedding)
                .layers(decoderLayers(), 0)
                .finalNorm(NORM)
                .head(head(), embedding)
                .build();
        return new Transformer(Keys.architecture(config), List.of(audio, decoder), OptionalLong.of(positions));
    }

    /// Two convolutions of width 3 over the spectrogram, the second of every other frame, and positions:
    /// `3·q·h + h + 3·h·h + h + P·h`. Source: Radford et al. 2022, section 2.2.
    private Block listen(BlockBuilder block, long heard) {
        Shape bands = Shape.of(Axis.CHANNELS, config.sizeOr(80, "num_mel_bins"));
        Shape width = Shape.of(Axis.HIDDEN, hidden);
        Shape frames = Shape.open(Axis.BATCH, Axis.FRAMES);
        Value spectrogram = block.input(Value.activation("spectrogram", frames.then(bands)));
        Value narrow = convolve(block, "audio.convolution_1", spectrogram, 1, frames.then(width));
        Value stream = convolve(
                block,
                "audio.convolution_2",
                narrow,
                SECOND_STRIDE,
                block.tokens().then(width));
        Value rows = block.input(Value.index("positions", block.tokens()));
        Parameter table = block.parameter(
                "embedding.positions.weight", Parameter.Kind.TABLE, Shape.of(Axis.POSITIONS, heard), width);
        Value positions = block.append(new Operator.Embedding(
                "embedding.positions",
                Role.EMBEDDING,
                rows,
                table,
                Value.activation("embedding.positions", stream.shape())));
        return block.build(block.add("embedding.with_positions", Role.EMBEDDING, stream, positions));
    }

    private static Value convolve(BlockBuilder block, String key, Value input, int stride, Shape output) {
        Shape width = output.trailing(1);
        Parameter kernel = block.parameter(
                key + ".weight", Parameter.Kind.KERNEL, width, input.shape().trailing(1), Shape.of(Axis.KERNEL, 3));
        Value convolved = block.append(new Operator.Convolution(
                key,
                Role.EMBEDDING,
                input,
                new ConvolutionKind.Dense(3, stride),
                kernel,
                block.bias(key, Presence.PRESENT, width),
                Value.activation(key, output)));
        return block.activate(key + ".activation", Role.EMBEDDING, convolved, ActivationFunction.GELU);
    }

    private EmbeddingRecipe embedding(long positions) {
        double scale = config.isTrue("scale_embedding") ? Math.sqrt((double) hidden) : 1;
        return EmbeddingRecipe.plain(Keys.vocabulary(config), hidden)
                .withPositions(positions)
                .withScale(scale);
    }

    private HeadRecipe head() {
        return new HeadRecipe(
                Keys.headWeights(config, HeadRecipe.Weights.TIED), Keys.vocabulary(config), Presence.ABSENT);
    }

    private List<LayerRecipe> encoderLayers() {
        Sublayer attention =
                SelfAttention.encoder(heads("encoder_attention_heads")).withBiased(projections());
        LayerRecipe layer = new LayerRecipe(wiring, NORM, attention, feedForward("encoder_ffn_dim"));
        return Collections.nCopies(Keys.layers(config, "encoder_layers"), layer);
    }

    private List<LayerRecipe> decoderLayers() {
        Heads heads = heads("decoder_attention_heads");
        Sublayer attention = SelfAttention.causal(heads).withBiased(projections());
        Sublayer cross = new CrossAttention(
                heads,
                Axis.SOURCE,
                hidden,
                biased,
                new SelfAttention.HeadNorm.None(),
                AttentionScores.scaled(1 / Math.sqrt((double) heads.headSize())));
        LayerRecipe layer = new LayerRecipe(wiring, NORM, attention, cross, feedForward("decoder_ffn_dim"));
        return Collections.nCopies(Keys.layers(config, "decoder_layers"), layer);
    }

    private Projection[] projections() {
        return biased.toArray(new Projection[0]);
    }

    private Heads heads(String key) {
        long heads = config.size(key);
        return new Heads(heads, heads, Keys.evenHeadSize(config, key, hidden));
    }

    private Sublayer feedForward(String key) {
        return new PlainFeedForward(
                config.size(key), Keys.activation(config, ActivationFunction.GELU), Presence.PRESENT);
    }
}
