package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.ForwardOperands;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;

/// Runs operators other than attentions, and counts what is read of parameters.
final class OperatorRun {
    private final Meter meter;
    private final OperatorExecution execution;
    private final FeedLog log;
    private long weightBytes;

    OperatorRun(Machine machine) {
        this.meter = machine.meter();
        this.log = new FeedLog(meter);
        // Attentions are run over their caches, by others.
        this.execution = new OperatorExecution(machine, new AttentionKernel.Materialised(), 0);
    }

    FeedLog log() {
        return log;
    }

    /// Bytes of parameters read so far; none while the meter is off.
    long weightBytes() {
        return weightBytes;
    }

    /// What an operator reads beside its values, it reads of its parameters.
    void forward(Operator operator, ForwardOperands operands) {
        long before = meter.counts().bytesRead();
        execution.forward(operator, operands);
        long read = meter.counts().bytesRead() - before;
        if (!operator.parameters().isEmpty() && read > 0) {
            weightBytes += read;
            for (Value value : operator.reads()) {
                weightBytes -= operands.value(value).bytes().count();
            }
        }
    }

    /// Counts a parameter that an attention has read whole.
    void countRead(Tensor parameter) {
        if (meter != Meter.off()) {
            weightBytes += parameter.bytes().count();
        }
    }
}
