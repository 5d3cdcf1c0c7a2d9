package dev.plimsoll.planner.training;

import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.rewrite.LowRankAdaptation;
import dev.plimsoll.planner.cost.WeightFormat;

/// Which parameters a run changes.
public sealed interface Tuning {
    Trained trained();

    /// All of them.
    record Everything() implements Tuning {
        @Override
        public Trained trained() {
            return Trained.EVERYTHING;
        }
    }

    /// Low-rank adapters beside frozen weights.
    ///
    /// Source: Hu et al. 2021 (LoRA); with frozen weights in four bits, Dettmers et al. 2023 (QLoRA).
    ///
    /// @param frozen how the weights that are not trained are held
    record Adapters(LowRankAdaptation adapters, WeightFormat frozen) implements Tuning {
        @Override
        public Trained trained() {
            return Trained.ADAPTERS;
        }
    }
}
