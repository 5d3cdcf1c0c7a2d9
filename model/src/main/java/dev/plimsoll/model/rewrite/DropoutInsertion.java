package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;

/// Puts dropout into a block: behind an embedding, and before each addition to the residual stream.
///
/// Dropout of the attention's probabilities stands inside the core, and belongs to how that is run. Source: Vaswani et
/// al. 2017, section 5.4.
public final class DropoutInsertion {
    private DropoutInsertion() {}

    /// The block itself where nothing is dropped.
    public static Block of(Block block, DropoutRates rates) {
        BlockRewriter rewriter = new BlockRewriter(block);
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Add add && add.role() == Role.RESIDUAL && rates.residual() > 0) {
                drop(rewriter, add.right(), add.name() + ".dropout", Role.RESIDUAL, rates.residual());
            }
            rewriter.copy(operator);
        }
        boolean embeds = block.operators().stream().anyMatch(Operator.Embedding.class::isInstance);
        if (embeds && rates.embedding() > 0) {
            drop(rewriter, block.outputs().getFirst(), "embedding.dropout", Role.EMBEDDING, rates.embedding());
        }
        return rewriter.build();
    }

    private static void drop(BlockRewriter rewriter, Value value, String name, Role role, double rate) {
        Value dropped = Value.activation(name, value.shape());
        rewriter.append(new Operator.Dropout(name, role, rewriter.read(value), rate, dropped));
        rewriter.redirect(value, dropped);
    }
}
