package dev.plimsoll.planner.device;

import dev.plimsoll.model.execution.PipelineOrder;
import dev.plimsoll.model.execution.StagePass;
import dev.plimsoll.model.rewrite.DeviceProgram.Chunk;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.planner.training.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many bytes a device holds over a whole step, and when most are.
///
/// Its passes one after another ([PipelineOrder]); to what the states take come, at each moment, the tensors of the
/// running pass and what other micro-batches have kept for theirs. Kernels' scratch is not in it.
///
/// @param points the fullest moment of each pass, in the order they are run
/// @param peak the first of them with the most bytes
/// @param saved the most bytes that forward passes have kept for backward passes, at the end of any pass
public record DeviceTimeline(DeviceStates states, List<Point> points, Point peak, Bytes saved) {
    /// A pass at its fullest.
    ///
    /// @param held all that is held
    public record Point(StagePass pass, Moment moment, Bytes held) {}

    public DeviceTimeline {
        points = List.copyOf(points);
    }

    public static DeviceTimeline of(DeviceRun run) {
        return new Walk(run).timeline();
    }

    private static final class Walk {
        private final DeviceRun run;
        private final DeviceStates states;
        private final Frames frames;
        private final Map<StagePass, PassProfile> alive = new HashMap<>();
        private final List<Point> points = new ArrayList<>();
        private long others;
        private long savedNow;
        private long saved;

        Walk(DeviceRun run) {
            this.run = run;
            this.states = DeviceStates.of(run.program(), run.optimizer());
            this.frames = new Frames(run);
        }

        DeviceTimeline timeline() {
            int stage = run.program().place().stage();
            PipelineOrder.of(run.program().parallelism().pipeline(), stage, run.microBatches())
                    .forEach(this::pass);
            Point peak = points.getFirst();
            for (Point point : points) {
                if (point.held().compareTo(peak.held()) > 0) {
                    peak = point;
                }
            }
            return new DeviceTimeline(states, points, peak, new Bytes(saved));
        }

        private void pass(StagePass pass) {
            // One entry for each chunk and micro-batch, whatever pass it is in.
            StagePass frame = new StagePass(StagePass.Kind.FORWARD, pass.chunk(), pass.microBatch());
            PassProfile before = alive.getOrDefault(frame, PassProfile.NOTHING);
            PassProfile profile = frames.profile(pass);
            others -= before.after();
            long held = states.total().count() + others;
            profile.points().stream()
                    .reduce((fullest, next) -> next.held() > fullest.held() ? next : fullest)
                    .ifPresent(
                            fullest -> points.add(new Point(pass, fullest.moment(), new Bytes(held + fullest.held()))));
            others += profile.after();
            savedNow += profile.savedAfter() - before.savedAfter();
            saved = Math.max(saved, savedNow);
            alive.put(frame, profile);
        }
    }

    /// The profiles of each chunk; one for all micro-batches where they are alike.
    private static final class Frames {
        private final DeviceRun run;
        private final Map<Integer, ChunkSteps> steps = new HashMap<>();
        private final Map<StagePass, Map<StagePass.Kind, PassProfile>> known = new HashMap<>();

        Frames(DeviceRun run) {
            this.run = run;
        }

        PassProfile profile(StagePass pass) {
            Chunk chunk = run.program().chunks().get(pass.chunk());
            int microBatch = Sent.differs(chunk) ? pass.microBatch() : 0;
            StagePass key = new StagePass(StagePass.Kind.FORWARD, pass.chunk(), microBatch);
            Map<StagePass.Kind, PassProfile> profiles = known.get(key);
            if (profiles == null) {
                ChunkSteps of = steps.computeIfAbsent(pass.chunk(), number -> new ChunkSteps(chunk, run));
                profiles = new FrameWalk(run, of, microBatch).walk();
                known.put(key, profiles);
            }
            return profiles.getOrDefault(pass.kind(), PassProfile.NOTHING);
        }
    }
}
