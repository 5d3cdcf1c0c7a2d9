package dev.plimsoll.model.shape;

import java.util.Locale;

/// A named dimension of a value or of a parameter. Sharding, counting and checking go by axis, never by position or
/// product.
///
/// The letter is the one used in printed formulas, where `N` is a number of parameters, `D` of tokens, `l` of layers,
/// `t` of the tokens looked at and `C` of those that are cached: no axis has those.
public enum Axis {
    /// Sequences worked on at once.
    BATCH("b"),
    /// Tokens of the stack at hand that are worked on in one step.
    SEQUENCE("s"),
    /// Tokens of the encoder that a decoder attends to.
    SOURCE("u"),
    /// Patches of an image, its class token included.
    PATCHES("p"),
    /// Patches after neighbours were merged or pooled.
    MERGED_PATCHES("m"),
    /// Frames of a spectrogram, before the strided convolution of an audio encoder.
    FRAMES("o"),
    /// Copies of tokens that a device gets from its expert group, for the experts it holds.
    RECEIVED("x"),
    /// Those of all devices that hold parts of the same experts.
    GATHERED("z"),
    /// Width of the residual stream.
    HIDDEN("h"),
    /// Inner width of a feed-forward layer.
    FEED_FORWARD("f"),
    QUERY_HEADS("a"),
    /// Heads of keys and values, each of which serves a group of query heads.
    KEY_VALUE_HEADS("k"),
    /// Width of a query or key head.
    HEAD_SIZE("d"),
    /// Width of a value head, where it differs from that of a key.
    VALUE_SIZE("w"),
    VOCABULARY("V"),
    /// Rows of a learned position table.
    POSITIONS("P"),
    /// Rows of a token-type table.
    TOKEN_TYPES("T"),
    /// Buckets of a relative position table.
    BUCKETS("B"),
    EXPERTS("E"),
    /// Layers, where one table has a row for each.
    LAYERS("L"),
    /// Experts that one token is sent to.
    TOP_K("e"),
    /// Rank of a low-rank projection.
    LATENT("r"),
    /// Width of a recurrent layer.
    INNER("i"),
    /// Groups that share a recurrence's input and output projections.
    GROUPS("g"),
    /// Size of a recurrent state for each channel.
    STATE("n"),
    /// Width of a convolution, in tokens.
    KERNEL("c"),
    /// Colours of a pixel, or bands of a spectrogram.
    CHANNELS("q"),
    PATCH_TIME("pt"),
    PATCH_HEIGHT("ph"),
    PATCH_WIDTH("pw"),
    /// Rows of a table for the ways an image can be cut into tiles.
    ASPECT_RATIOS("A"),
    /// Tiles an image is cut into.
    TILES("Z"),
    /// Heads and head width of a sparse attention's indexer.
    INDEX_HEADS("j"),
    INDEX_SIZE("y"),
    /// One number, for example a gate.
    UNIT("1");

    private final String letter;

    Axis(String letter) {
        this.letter = letter;
    }

    /// What the letter stands for, in words: `key value heads`.
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// The letter this axis has in formulas.
    public String letter() {
        return letter;
    }

    /// Whether the workload, not the model, decides how long this axis is.
    public boolean isOpen() {
        return switch (this) {
            case BATCH, SEQUENCE, SOURCE, PATCHES, MERGED_PATCHES, FRAMES, RECEIVED, GATHERED -> true;
            case HIDDEN,
                    FEED_FORWARD,
                    QUERY_HEADS,
                    KEY_VALUE_HEADS,
                    HEAD_SIZE,
                    VALUE_SIZE,
                    VOCABULARY,
                    POSITIONS,
                    TOKEN_TYPES,
                    BUCKETS,
                    EXPERTS,
                    LAYERS,
                    TOP_K,
                    LATENT,
                    INNER,
                    GROUPS,
                    STATE,
                    KERNEL,
                    CHANNELS,
                    PATCH_TIME,
                    PATCH_HEIGHT,
                    PATCH_WIDTH,
                    ASPECT_RATIOS,
                    TILES,
                    INDEX_HEADS,
                    INDEX_SIZE,
                    UNIT -> false;
        };
    }
}
