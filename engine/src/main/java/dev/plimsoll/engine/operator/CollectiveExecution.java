package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.device.Rings;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import java.util.Optional;

/// Executes what devices do together: each calls this for itself, all in the same order.
final class CollectiveExecution {
    private final Collectives collectives;
    private final ExpertRows expertRows;
    private final RingAttentions ringAttentions;
    private final VocabularyCrossEntropies crossEntropies;

    CollectiveExecution(Machine machine, Rings rings, AttentionKernel attention, double attentionDropout) {
        this.collectives = new Collectives(machine, rings);
        this.expertRows = new ExpertRows(machine, rings);
        this.ringAttentions = new RingAttentions(machine, rings, attention, attentionDropout);
        this.crossEntropies = new VocabularyCrossEntropies(machine, rings);
    }

    long scratchBytes() {
        return ringAttentions.scratchBytes();
    }

    Optional<ArrivingRows> arriving(Operator operator, ForwardOperands operands) {
        if (operator instanceof Collective.SendToExperts send) {
            Tensor experts = operands.value(send.experts());
            return Optional.of(new ArrivingRows(Axis.RECEIVED, expertRows.arriving(send, experts)));
        }
        if (operator instanceof Collective.AllGather gather
                && gather.output().shape().has(Axis.GATHERED)) {
            Tensor input = operands.value(gather.input());
            return Optional.of(new ArrivingRows(Axis.GATHERED, collectives.rows(gather, input)));
        }
        return Optional.empty();
    }

    void forward(Collective collective, ForwardOperands operands) {
        switch (collective) {
            case Collective.Copy copy -> collectives.copy(copy, operands);
            case Collective.AllReduce sum -> collectives.sum(sum, operands);
            case Collective.AllGather gather -> collectives.gather(gather, operands);
            case Collective.ReduceScatter scatter -> collectives.scatter(scatter, operands);
            case Collective.AllToAll exchange -> collectives.exchange(exchange, operands);
            case Collective.SendToExperts send -> expertRows.send(send, operands);
            case Collective.ReturnFromExperts back -> expertRows.comeBack(back, operands);
            case Collective.RingAttention ring -> ringAttentions.forward(ring, operands);
            case Collective.VocabularyCrossEntropy loss -> crossEntropies.forward(loss, operands);
        }
    }

    void gradient(Collective collective, GradientOperands operands) {
        switch (collective) {
            case Collective.Copy copy -> collectives.gradient(copy, operands);
            case Collective.AllReduce sum -> collectives.gradient(sum, operands);
            case Collective.AllGather gather -> collectives.gradient(gather, operands);
            case Collective.ReduceScatter scatter -> collectives.gradient(scatter, operands);
            case Collective.AllToAll exchange -> collectives.gradient(exchange, operands);
            case Collective.SendToExperts send -> expertRows.gradient(send, operands);
            case Collective.ReturnFromExperts back -> expertRows.gradient(back, operands);
            case Collective.RingAttention ring -> ringAttentions.gradient(ring, operands);
            case Collective.VocabularyCrossEntropy loss -> crossEntropies.gradient(loss, operands);
        }
    }
}
