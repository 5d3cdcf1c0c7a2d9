package dev.plimsoll.verification;

import static dev.plimsoll.verification.Coverage.AGAIN;
import static dev.plimsoll.verification.Coverage.CACHED;

import java.util.List;

/// Cells that nothing verifies, and why.
///
/// @param way what the cells' ways begin with; empty for all of them
record Waiver(String subject, String way, String reason) {
    private static final String ANY = "";

    static final List<Waiver> ALL = List.of(
            new Waiver("Operator.TokenSelection", ANY, "indexers are counted, but not executed yet"),
            new Waiver("AttentionMask.Selected", ANY, "it stands behind an indexer, which is not executed yet"),
            new Waiver("Operator.Convolution", ANY, "convolutions are counted, but not executed yet"),
            new Waiver("Parameter.Kind.KERNEL", ANY, "only convolutions have one, which are not executed yet"),
            new Waiver("Operator.StateSpaceScan", ANY, "state spaces are counted, but not executed yet"),
            new Waiver("Operator.DeltaRule", ANY, "delta rules are counted, but not executed yet"),
            new Waiver("Parameter.Kind.RECURRENCE", ANY, "only recurrences have one, which are not executed yet"),
            new Waiver("Operator.TokenPooling", ANY, "it stands in towers and poolers, which are not executed yet"),
            new Waiver("ActivationFunction.XIELU", ANY, "its two trained scalars are not executed yet"),
            new Waiver("AttentionScores.PositionBias.Buckets", ANY, "T5's tables are not executed yet"),
            new Waiver("AttentionScores.PositionBias.Disentangled", ANY, "DeBERTa's positions are not executed yet"),
            new Waiver("AttentionScores.PositionBias.Sinusoids", ANY, "Transformer-XL's are not executed yet"),
            new Waiver("Optimizer.BlockwiseAdam", ANY, "planned with, and refused by name by the engine"),
            new Waiver("Optimizer.Adafactor", ANY, "planned with, and refused by name by the engine"),
            new Waiver("Optimizer.Muon", ANY, "planned with, and refused by name by the engine"),
            new Waiver("RotaryScaling.LongRope", ANY, "the description lacks its factors, so nobody can execute it"),
            new Waiver("RotaryScaling.Dynamic", CACHED, "keys would have to be turned anew as the text grows"),
            new Waiver("AttentionMask.Everything", CACHED, "who looks at later tokens cannot continue a text"),
            new Waiver("AttentionMask.Blocks", CACHED, "who looks at later tokens cannot continue a text"),
            new Waiver("LatentUse.EXPANDED_AGAIN", CACHED, "the planner has no such way to decode"),
            new Waiver("Operator.AddBias", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.Copy", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.AllReduce", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.AllGather", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.ReduceScatter", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.AllToAll", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.SendToExperts", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.ReturnFromExperts", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.RingAttention", CACHED, "no text is continued on several devices"),
            new Waiver("Collective.VocabularyCrossEntropy", CACHED, "no text is continued on several devices"),
            new Waiver(
                    "Collective.VocabularyCrossEntropy",
                    AGAIN,
                    "the loss belongs to no layer, and only layers are run again"),
            new Waiver("Operator.Dropout", CACHED, "nothing is dropped when a text is continued"),
            new Waiver("Operator.CrossEntropy", CACHED, "a text that is continued has no loss"),
            new Waiver("Operator.CrossEntropy", AGAIN, "the loss belongs to no layer, and only layers are run again"),
            new Waiver("Parameter.Kind.TABLE", AGAIN, "tables belong to no layer, and only layers are run again"));

    boolean covers(Cell cell) {
        return cell.subject().equals(subject) && cell.way().startsWith(way);
    }
}
