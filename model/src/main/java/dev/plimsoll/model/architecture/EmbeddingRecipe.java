package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Optional;
import java.util.OptionalLong;

/// From token numbers to the residual stream: `V·w` parameters and what the options add.
///
/// @param vocabulary rows of the table
/// @param width columns of the table
/// @param hidden width of the residual stream; a map `h·w` follows where it differs
/// @param positions rows of a learned position table
/// @param tokenTypes rows of a token-type table
/// @param norm a normalisation of the sum
/// @param scale the token's vector is multiplied by this
/// @param mapBias whether the map between table and stream, and the head's map back, add a bias
public record EmbeddingRecipe(
        long vocabulary,
        long width,
        long hidden,
        OptionalLong positions,
        OptionalLong tokenTypes,
        Optional<NormRecipe> norm,
        double scale,
        Presence mapBias) {
    /// The name of the token table, which a tied head and a second stack read too.
    public static final String TABLE = "embedding.tokens.weight";

    public static EmbeddingRecipe plain(long vocabulary, long hidden) {
        return new EmbeddingRecipe(
                vocabulary,
                hidden,
                hidden,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                1,
                Presence.ABSENT);
    }

    public EmbeddingRecipe withPositions(long rows) {
        return new EmbeddingRecipe(vocabulary, width, hidden, OptionalLong.of(rows), tokenTypes, norm, scale, mapBias);
    }

    public EmbeddingRecipe withTokenTypes(long rows) {
        return new EmbeddingRecipe(vocabulary, width, hidden, positions, OptionalLong.of(rows), norm, scale, mapBias);
    }

    public EmbeddingRecipe withNorm(NormRecipe other) {
        return new EmbeddingRecipe(
                vocabulary, width, hidden, positions, tokenTypes, Optional.of(other), scale, mapBias);
    }

    public EmbeddingRecipe withScale(double other) {
        return new EmbeddingRecipe(vocabulary, width, hidden, positions, tokenTypes, norm, other, mapBias);
    }

    /// A table of another width than the stream, with a map between them.
    public EmbeddingRecipe withWidth(long other, Presence bias) {
        return new EmbeddingRecipe(vocabulary, other, hidden, positions, tokenTypes, norm, scale, bias);
    }

    /// Appends the look-ups and gives `[b, s, h]`. Positions and types are as wide as the stream: added after the map.
    public Value append(BlockBuilder block) {
        Shape columns = Shape.of(Axis.HIDDEN, width);
        Value stream = lookUp(block, "tokens", Axis.VOCABULARY, vocabulary, columns);
        if (scale != 1) {
            stream = block.scale("embedding.scaled", Role.EMBEDDING, stream, new ScaleFactor.Constant(scale));
        }
        stream = width == hidden ? stream : map(block, stream, columns);
        Shape streamWidth = Shape.of(Axis.HIDDEN, hidden);
        if (positions.isPresent()) {
            Value rows = lookUp(block, "positions", Axis.POSITIONS, positions.getAsLong(), streamWidth);
            stream = block.add("embedding.with_positions", Role.EMBEDDING, stream, rows);
        }
        if (tokenTypes.isPresent()) {
            Value rows = lookUp(block, "types", Axis.TOKEN_TYPES, tokenTypes.getAsLong(), streamWidth);
            stream = block.add("embedding.with_types", Role.EMBEDDING, stream, rows);
        }
        Value summed = stream;
        return norm.map(how -> block.normalize("embedding.normalization", summed, how, 1))
                .orElse(summed);
    }

    /// The token table, for a head that is tied to it.
    public Parameter table(BlockBuilder block) {
        return block.parameter(
                TABLE,
                Parameter.Kind.TABLE,
                Parameter.Sharing.WHOLE_MODEL,
                Shape.of(Axis.VOCABULARY, vocabulary),
                Shape.of(Axis.HIDDEN, width));
    }

    private Value lookUp(BlockBuilder block, String what, Axis rows, long count, Shape columns) {
        Value numbers = block.input(Value.index(what, block.tokens()));
        Parameter table = rows == Axis.VOCABULARY
                ? table(block)
                : block.parameter(
                        "embedding." + what + ".weight", Parameter.Kind.TABLE, Shape.of(rows, count), columns);
        return block.append(new Operator.Embedding(
                "embedding." + what,
                Role.EMBEDDING,
                numbers,
                table,
                Value.activation("embedding." + what, block.tokens().then(columns))));
    }

    private Value map(BlockBuilder block, Value stream, Shape columns) {
        return block.linear("embedding.map", Role.EMBEDDING, stream, columns, Shape.of(Axis.HIDDEN, hidden), mapBias);
    }
}
