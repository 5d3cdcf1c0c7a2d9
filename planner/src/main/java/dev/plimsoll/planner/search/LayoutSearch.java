package dev.plimsoll.planner.search;

import dev.plimsoll.planner.search.SearchControl.Progress;
import dev.plimsoll.planner.search.SearchResult.Outcome;
import dev.plimsoll.planner.search.SplitSearch.Pruning;
import dev.plimsoll.planner.search.SplitSearch.Run;
import dev.plimsoll.planner.search.SplitSearch.Split;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Looks at every candidate of a space for the best, in memory that does not grow with their number.
///
/// Threads take one group (devices, tensor and context degrees) after another, in order, with tables of their own; only
/// what they kept is merged in the end.
public final class LayoutSearch {
    private final Run run;
    private final SearchControl control;
    private final long groups;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong threshold = Standings.noThreshold();
    private final Tally tally = new Tally();
    private final Standings standings;

    private LayoutSearch(Run run, SearchControl control) {
        this.run = run;
        this.control = control;
        this.groups = run.space().splits() / Math.max(1, run.space().experts().size());
        this.standings = new Standings(run.question().count(), threshold);
    }

    /// The best layouts of a job.
    ///
    /// @throws dev.plimsoll.model.failure.InputException for a job that no layout can help
    public static SearchResult run(SearchQuestion question, SearchSpace space, SearchControl control) {
        PlannedLayouts layouts = new PlannedLayouts(question.job(), space);
        return run(question, space, layouts.rules(), layouts, Pruning.BOUNDS, control);
    }

    /// The same with rules and prices of another origin.
    static SearchResult run(
            SearchQuestion question,
            SearchSpace space,
            LayoutRules rules,
            LayoutCosts costs,
            Pruning pruning,
            SearchControl control) {
        Run run = new Run(question, space, rules, costs, pruning, control.interrupted());
        return new LayoutSearch(run, control).result();
    }

    private SearchResult result() {
        int threads = (int) Math.min(control.threads(), Math.max(1, groups));
        if (threads == 1) {
            work();
        } else {
            together(threads);
        }
        boolean whole = tally.considered() == run.space().candidates();
        return new SearchResult(
                whole ? Outcome.COMPLETE : Outcome.INTERRUPTED,
                tally.considered(),
                tally.fitting(),
                ranked(standings.best()),
                ranked(standings.front()),
                rejected());
    }

    private void together(int threads) {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(workers.submit(this::work));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    private void work() {
        Standings mine = new Standings(run.question().count(), threshold);
        for (long group = next.getAndIncrement(); group < groups && !stopped(); group = next.getAndIncrement()) {
            search(group, mine);
        }
        synchronized (this) {
            standings.merge(mine);
        }
    }

    /// All ways to deal experts out under the same devices, tensor and context parallelism.
    private void search(long group, Standings mine) {
        long ways = run.space().experts().size();
        Split first = Split.of(run.space(), group * ways);
        LayoutCosts.Group costs = run.costs().of(first.devices(), first.tensor(), first.context());
        for (long way = 0; way < ways && !stopped(); way++) {
            Tally seen = new Tally();
            new SplitSearch(run, seen, mine).search(Split.of(run.space(), group * ways + way), costs);
            report(seen, mine);
        }
    }

    private boolean stopped() {
        return run.interrupted().getAsBoolean() || Thread.currentThread().isInterrupted();
    }

    private synchronized void report(Tally seen, Standings mine) {
        tally.merge(seen);
        standings.merge(mine);
        double seconds = standings.front().isEmpty()
                ? Double.POSITIVE_INFINITY
                : standings.front().getFirst().seconds();
        control.progress().accept(new Progress(tally.considered(), run.space().candidates(), tally.fitting(), seconds));
    }

    /// What fits and is listed nowhere is dominated.
    private Map<Rejection, Long> rejected() {
        Map<Rejection, Long> counts = new EnumMap<>(Rejection.class);
        counts.putAll(tally.rejected());
        Set<Long> listed = new HashSet<>();
        standings.best().forEach(place -> listed.add(place.number()));
        standings.front().forEach(place -> listed.add(place.number()));
        long others = tally.fitting() - listed.size();
        if (others > 0) {
            counts.put(Rejection.DOMINATED, others);
        }
        return counts;
    }

    private List<RankedLayout> ranked(List<Place> places) {
        return places.stream().map(this::ranked).toList();
    }

    private RankedLayout ranked(Place place) {
        Candidate candidate = Candidate.of(run.space(), place.number());
        return new RankedLayout(
                place.number(),
                candidate.job(run.space(), run.question().job()),
                run.space().devices().get(candidate.devices()),
                place.bytes(),
                place.seconds(),
                place.cost());
    }
}
