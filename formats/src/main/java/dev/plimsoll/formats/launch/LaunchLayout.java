package dev.plimsoll.formats.launch;

import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextParallel;
import dev.plimsoll.model.execution.Parallelism.DataParallel;
import dev.plimsoll.model.execution.Parallelism.ExpertParallel;
import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Parallelism.TensorParallel;
import dev.plimsoll.model.failure.InputException;
import java.util.OptionalLong;

/// How a launch file splits a run over devices. Data parallelism is what is left of the devices.
///
/// @param shards over which replicas `sharding` deals out
/// @param devices all of them, where the file says it
public record LaunchLayout(
        TensorParallel tensor,
        ContextParallel context,
        ExpertParallel expert,
        PipelineParallel pipeline,
        Sharding sharding,
        Shards shards,
        OptionalLong devices) {
    /// Over how many replicas something is dealt out.
    public sealed interface Shards {
        record All() implements Shards {}

        /// So many groups of replicas, each with a whole copy.
        record Groups(int groups) implements Shards {}

        /// Groups of so many replicas.
        record Size(int replicas) implements Shards {}
    }

    /// Devices that run one replica.
    public long devicesOfReplica() {
        return (long) tensor.degree() * context.degree() * pipeline.degree();
    }

    /// The same on so many devices.
    public LaunchLayout withDevices(long number) {
        return new LaunchLayout(tensor, context, expert, pipeline, sharding, shards, OptionalLong.of(number));
    }

    /// The whole layout on so many devices.
    ///
    /// @throws InputException when the degrees do not divide the devices
    public Parallelism on(long devices) {
        if (devices < 1 || devices % devicesOfReplica() != 0 || devices / devicesOfReplica() > Integer.MAX_VALUE) {
            throw InputException.usage(
                    "devices: found " + devices + ", expected a multiple of " + devicesOfReplica()
                            + ", the product of tensor " + tensor.degree() + ", context " + context.degree()
                            + " and pipeline parallelism " + pipeline.degree(),
                    "Give a number of devices that one replica's " + devicesOfReplica() + " divide.");
        }
        int replicas = (int) (devices / devicesOfReplica());
        return new Parallelism(
                tensor, context, expert, pipeline, new DataParallel(replicas, shards(replicas), sharding));
    }

    private int shards(int replicas) {
        if (sharding == Sharding.NONE) {
            return 1;
        }
        int size = switch (shards) {
            case Shards.All() -> replicas;
            case Shards.Groups(int groups) -> replicas % groups == 0 ? replicas / groups : 0;
            case Shards.Size(int of) -> replicas % of == 0 ? of : 0;
        };
        if (size == 0) {
            throw InputException.usage(
                    "sharding: found " + replicas + " replicas and " + describe() + ", expected a divisor",
                    "Change the number of devices, or the shards.");
        }
        return size;
    }

    private String describe() {
        return switch (shards) {
            case Shards.All() -> "all as one group";
            case Shards.Groups(int groups) -> groups + " groups";
            case Shards.Size(int replicas) -> "groups of " + replicas;
        };
    }
}
