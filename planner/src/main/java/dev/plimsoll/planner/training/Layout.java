package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import java.util.List;

/// Which blocks stand on which stage of a pipeline.
///
/// @param stages in the order of the forward pass
/// @param layers of the model, of the layers that predict further tokens too where they are trained
public record Layout(List<Stage> stages, long layers) {
    /// The devices that hold the same layers.
    ///
    /// @param chunks what it runs one after another; more than one where the pipeline is interleaved
    public record Stage(int number, List<Chunk> chunks) {
        public Stage {
            chunks = List.copyOf(chunks);
        }
    }

    /// Neighbouring layers, with what stands before or behind them.
    ///
    /// @param number from 0 in the order of the forward pass over all stages
    /// @param before the embedding, on the first chunk
    /// @param layers runs of identical layers in order; empty where only edges stand here
    /// @param behind the last normalisation and the head, and what predicts further tokens, on the last chunk
    public record Chunk(int number, List<Block> before, List<LayerRun> layers, List<Block> behind) {
        public Chunk {
            before = List.copyOf(before);
            layers = List.copyOf(layers);
            behind = List.copyOf(behind);
        }

        /// How many layers of one of the runs are run again, numbered as the framework numbers them.
        public long rerun(LayerRun run, TrainingMethod method) {
            long numberedFrom = switch (method.framework().numbering()) {
                case MODEL -> 0;
                case CHUNK -> layers.getFirst().first();
            };
            long again = 0;
            for (long layer = run.first(); layer < run.first() + run.count(); layer++) {
                again += method.recomputation().layers().has(layer - numberedFrom) ? 1 : 0;
            }
            return again;
        }

        /// How many layers.
        public long count() {
            return layers.stream().mapToLong(LayerRun::count).sum();
        }
    }

    public Layout {
        stages = List.copyOf(stages);
    }

    /// Where each layer of a job stands, by the framework's rule or by the job's own list.
    ///
    /// @throws dev.plimsoll.model.failure.InputException listing every violation that [#check] finds
    public static Layout of(TrainingJob job) {
        return new LayoutRule(job).layout();
    }

    /// Everything that keeps a job from being run on so many devices.
    public static List<Violation> check(TrainingJob job, long devices) {
        return new LayoutCheck(job, devices).violations();
    }
}
