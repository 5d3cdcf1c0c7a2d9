package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// Which axes the inputs and outputs of collectives must share.
final class CollectiveRules {
    private final Violations violations;

    CollectiveRules(Violations violations) {
        this.violations = violations;
    }

    void collective(Collective collective) {
        switch (collective) {
            case Collective.Copy copy ->
                violations.same("output", copy.output(), copy.input().shape());
            case Collective.AllReduce sum ->
                violations.same("output", sum.output(), sum.input().shape());
            case Collective.AllGather gather -> sameBut(List.of(gather.axis()), gather.input(), gather.output());
            case Collective.ReduceScatter scatter ->
                sameBut(List.of(scatter.axis()), scatter.input(), scatter.output());
            case Collective.AllToAll exchange ->
                sameBut(List.of(exchange.cut(), exchange.joined()), exchange.input(), exchange.output());
            case Collective.SendToExperts send -> send(send);
            case Collective.ReturnFromExperts back -> back(back);
            case Collective.RingAttention ring -> new TokenMixingRules(violations).attention(ring.core());
            case Collective.VocabularyCrossEntropy loss -> loss(loss);
        }
    }

    private void send(Collective.SendToExperts send) {
        if (!violations.haveRank(2, send.input(), send.output())) {
            return;
        }
        Shape input = send.input().shape();
        Shape output = send.output().shape();
        violations.same("experts", send.experts(), input.leading(input.rank() - 1));
        violations.same("numbers", send.numbers(), output.leading(1));
        violations.same("output", send.output(), output.leading(1).then(input.trailing(1)));
    }

    private void back(Collective.ReturnFromExperts back) {
        if (!violations.haveRank(2, back.input(), back.output())) {
            return;
        }
        Shape input = back.input().shape();
        violations.same("output", back.output(), back.experts().shape().then(input.trailing(1)));
    }

    private void loss(Collective.VocabularyCrossEntropy loss) {
        Shape logits = loss.logits().shape();
        if (violations.haveRank(2, loss.logits())) {
            violations.same("targets", loss.targets(), logits.leading(logits.rank() - 1));
        }
        violations.same("output", loss.output(), new Shape(List.of()));
    }

    /// The same axes in the same order, equally long but for those that are cut or joined.
    private void sameBut(List<Axis> axes, Value input, Value output) {
        List<Dimension> read = input.shape().dimensions();
        List<Dimension> written = output.shape().dimensions();
        boolean same = read.size() == written.size();
        for (int i = 0; same && i < read.size(); i++) {
            boolean exchanged = isExchanged(axes, read.get(i)) && isExchanged(axes, written.get(i));
            same = exchanged || read.get(i).equals(written.get(i));
        }
        violations.require(same, input + " cannot become " + output + " along " + axes);
    }

    private static boolean isExchanged(List<Axis> axes, Dimension dimension) {
        // Copies of tokens that several devices received are an axis of their own.
        Axis axis = dimension.axis() == Axis.GATHERED ? Axis.RECEIVED : dimension.axis();
        return axes.contains(axis);
    }
}
