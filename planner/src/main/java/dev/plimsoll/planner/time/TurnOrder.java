package dev.plimsoll.planner.time;

import dev.plimsoll.model.execution.Parallelism.PipelineSchedule;
import java.util.ArrayList;
import java.util.List;

/// In which order each stage of a pipeline takes its turns.
///
/// Interleaved, the micro-batches go round in groups of as many as there are stages, one chunk after another, so their
/// number is a multiple of that of the stages. Before its first way back a stage runs `2 (p - 1 - i) + (v - 1) p` ways
/// forward, or `p - 1 - i` where it has one chunk.
///
/// Sources: Narayanan et al. 2021, figure 4; NVIDIA/Megatron-LM, `schedules.py`; Qi et al. 2024, section 2.1 (ZB-H1: the
/// weights' gradients of stage `i` lag `i` micro-batches behind).
final class TurnOrder {
    private final PipelineSchedule schedule;
    private final int stages;
    private final int chunks;
    private final int microBatches;

    private TurnOrder(PipelineSchedule schedule, int stages, int chunks, int microBatches) {
        this.schedule = schedule;
        this.stages = stages;
        this.chunks = chunks;
        this.microBatches = microBatches;
    }

    /// One list a stage.
    static List<List<Turn>> of(PipelineSchedule schedule, int stages, int chunks, int microBatches) {
        TurnOrder order = new TurnOrder(schedule, stages, chunks, microBatches);
        List<List<Turn>> all = new ArrayList<>();
        for (int stage = 0; stage < stages; stage++) {
            all.add(order.turns(stage));
        }
        return all;
    }

    private List<Turn> turns(int stage) {
        List<Turn> forwards = forwards();
        List<Turn> backwards = backwards();
        int total = forwards.size();
        int ahead = switch (schedule) {
            case GPIPE -> total;
            case ONE_FORWARD_ONE_BACKWARD, ZERO_BUBBLE -> Math.min(total, warmUp(stage));
        };
        List<Turn> turns = new ArrayList<>(forwards.subList(0, ahead));
        for (int done = 0; done < total; done++) {
            if (ahead + done < total) {
                turns.add(forwards.get(ahead + done));
            }
            append(turns, backwards, done, stage);
        }
        return turns;
    }

    private int warmUp(int stage) {
        int behind = stages - 1 - stage;
        return chunks == 1 ? behind : 2 * behind + (chunks - 1) * stages;
    }

    private void append(List<Turn> turns, List<Turn> backwards, int done, int stage) {
        Turn back = backwards.get(done);
        switch (schedule) {
            case GPIPE, ONE_FORWARD_ONE_BACKWARD -> turns.add(back);
            case ZERO_BUBBLE -> {
                turns.add(new Turn(Turn.Work.BACKWARD_FOR_INPUTS, back.chunk(), back.microBatch()));
                if (done >= stage) {
                    turns.add(weights(backwards.get(done - stage)));
                }
                if (done == backwards.size() - 1) {
                    for (int late = Math.max(0, done - stage + 1); late <= done; late++) {
                        turns.add(weights(backwards.get(late)));
                    }
                }
            }
        }
    }

    private static Turn weights(Turn back) {
        return new Turn(Turn.Work.WEIGHT_GRADIENTS, back.chunk(), back.microBatch());
    }

    private List<Turn> forwards() {
        List<Turn> turns = new ArrayList<>();
        for (int first = 0; first < microBatches; first += stages) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                for (int i = first; i < Math.min(first + stages, microBatches); i++) {
                    turns.add(new Turn(Turn.Work.FORWARD, chunk, i));
                }
            }
        }
        return turns;
    }

    private List<Turn> backwards() {
        return forwards().stream()
                .map(turn -> new Turn(Turn.Work.BACKWARD, chunks - 1 - turn.chunk(), turn.microBatch()))
                .toList();
    }
}
