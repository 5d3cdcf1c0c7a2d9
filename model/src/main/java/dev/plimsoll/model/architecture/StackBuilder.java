package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/// Puts a part together: what stands before the layers, the layers, what stands behind them.
///
/// Equal recipes become one block, and equal neighbours one run.
public final class StackBuilder {
    private final String name;
    private final Part.Kind kind;
    private final Axis tokens;
    private final Shape width;
    private final TensorNaming naming;
    private final List<LayerRun> runs = new ArrayList<>();
    private final List<Interned> interned = new ArrayList<>();
    private final List<Part.Length> lengths = new ArrayList<>();

    /// @param hidden width of the residual stream
    public StackBuilder(String name, Part.Kind kind, Axis tokens, long hidden, TensorNaming naming) {
        this.name = name;
        this.kind = kind;
        this.tokens = tokens;
        this.width = Shape.of(Axis.HIDDEN, hidden);
        this.naming = naming;
    }

    /// Says that an axis is always so long in this part.
    public StackBuilder always(Axis axis, long size) {
        lengths.add(new Part.Length(axis, size));
        return this;
    }

    /// A builder for a block that runs once in this part.
    public BlockBuilder block(String blockName) {
        return new BlockBuilder(blockName, naming, tokens, Parameter.Sharing.EACH_LAYER);
    }

    /// Appends a block that runs once.
    public StackBuilder add(Block block) {
        runs.add(new LayerRun(block, 0, 1));
        return this;
    }

    /// Appends a block from token numbers to the residual stream.
    public StackBuilder embedding(EmbeddingRecipe recipe) {
        BlockBuilder block = block("embedding");
        return add(block.build(recipe.append(block)));
    }

    /// Appends layers numbered from `first`.
    public StackBuilder layers(List<LayerRecipe> recipes, long first) {
        return layers(recipes, first, Parameter.Sharing.EACH_LAYER);
    }

    /// Appends layers that may all run on the same parameters (ALBERT).
    public StackBuilder layers(List<LayerRecipe> recipes, long first, Parameter.Sharing sharing) {
        int at = 0;
        while (at < recipes.size()) {
            LayerRecipe recipe = recipes.get(at);
            int end = at + 1;
            while (end < recipes.size() && recipes.get(end).equals(recipe)) {
                end++;
            }
            runs.add(new LayerRun(block(recipe, sharing), first + at, end - at));
            at = end;
        }
        return this;
    }

    /// Appends a block that reads and writes the residual stream.
    public StackBuilder stream(String blockName, Step step) {
        BlockBuilder block = block(blockName);
        return add(block.build(step.append(block, block.input("hidden", width))));
    }

    /// Appends the normalisation behind the layers.
    public StackBuilder finalNorm(NormRecipe recipe) {
        return stream(
                "final normalization", (block, hidden) -> block.normalize("final_normalization", hidden, recipe, 1));
    }

    /// Appends the head.
    public StackBuilder head(HeadRecipe recipe, EmbeddingRecipe embedding) {
        return stream("head", (block, hidden) -> recipe.append(block, hidden, embedding));
    }

    public Part build() {
        return new Part(name, kind, tokens, runs, lengths);
    }

    /// Something that appends operators to a block.
    @FunctionalInterface
    public interface Step {
        Value append(BlockBuilder block, Value hidden);
    }

    private record Interned(LayerRecipe recipe, Parameter.Sharing sharing, Block block) {}

    /// Searched one by one, since recipes differ little: a table would link the hashes of all records in a
    /// recipe first.
    private Block block(LayerRecipe recipe, Parameter.Sharing sharing) {
        for (Interned known : interned) {
            if (known.sharing() == sharing && known.recipe().equals(recipe)) {
                return known.block();
            }
        }
        BlockBuilder builder = new BlockBuilder(LayerNames.of(recipe), naming, tokens, sharing);
        Block block = builder.build(recipe.append(builder, builder.input("hidden", width)));
        interned.add(new Interned(recipe, sharing, block));
        return block;
    }
}
