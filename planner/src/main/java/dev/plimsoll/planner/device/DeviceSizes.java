package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.DeviceProgram;
import dev.plimsoll.model.rewrite.Kept;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// How long a device's tensors are in one block and micro-batch.
///
/// Rows for experts are those of all copies that the members of the expert group send; of gathered rows, all that the
/// members of the expert tensor group received.
///
/// @param label of the block
record DeviceSizes(DeviceRun run, int microBatch, String label) {
    long elements(Shape shape) {
        return shape.elements(this::size);
    }

    private long size(Axis axis) {
        if (axis == Axis.BATCH) {
            return run.batch().sequences();
        }
        if (axis == Axis.SEQUENCE) {
            return run.batch().tokens();
        }
        if (axis == Axis.RECEIVED) {
            return received(run.program().rank());
        }
        if (axis == Axis.GATHERED) {
            return run.program().members(DeviceGroup.EXPERT_TENSOR).stream()
                    .mapToLong(this::received)
                    .sum();
        }
        throw new IllegalArgumentException("a text stack has no axis " + axis);
    }

    /// Copies that a device gets for its experts, its own included.
    long received(int rank) {
        DeviceProgram program = run.program();
        return program.members(rank, DeviceGroup.EXPERT).stream()
                .mapToLong(from -> run.copies().between(microBatch, label, from, rank))
                .sum();
    }

    /// Copies that come from other devices.
    long receivedFromOthers() {
        int rank = run.program().rank();
        return received(rank) - run.copies().between(microBatch, label, rank, rank);
    }

    /// Copies that go to other devices.
    long sentToOthers() {
        int rank = run.program().rank();
        return run.program().members(DeviceGroup.EXPERT).stream()
                .filter(to -> to != rank)
                .mapToLong(to -> run.copies().between(microBatch, label, rank, to))
                .sum();
    }

    long bytes(Kept tensor) {
        return tensor.heldIn(precision()).bytes(elements(tensor.shape())).count();
    }

    long bytes(Value value) {
        return bytes(new Kept.OfValue(value));
    }

    Precision precision() {
        return run.program().chunks().getFirst().program().execution().precision();
    }
}
