package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.RoutedTokens;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.CacheSaving;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.DecodeReads;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.planner.result.Breakdown;
import java.math.BigInteger;
import java.util.List;

/// What the planner says of texts that are continued. Texts of unequal length are counted one by one.
final class InferencePrediction {
    private final InferenceQuestion question;
    private final Figures figures = new Figures();

    private InferencePrediction(InferenceQuestion question) {
        this.question = question;
    }

    /// @param routed where each router sent the tokens of each decode step, which nobody can foresee
    static Figures of(InferenceQuestion question, List<List<RoutedTokens>> routed) {
        InferencePrediction prediction = new InferencePrediction(question);
        prediction.prefill();
        prediction.cache("after the prompts", 0);
        for (int step = 1; step <= question.steps(); step++) {
            prediction.decode(step, routed.get(step - 1));
        }
        prediction.cache("at the end", question.steps());
        prediction.saving();
        return prediction.figures;
    }

    private void prefill() {
        for (int prompt : question.prompts()) {
            int piece = question.plan().pieceTokens().orElse(prompt);
            for (int past = 0; past < prompt; past += piece) {
                works("prompts", new Workload.Prefill(1, Math.min(piece, prompt - past), past));
            }
        }
    }

    private void decode(int step, List<RoutedTokens> routed) {
        long cacheRead = 0;
        for (int prompt : question.prompts()) {
            Workload.Decode decode = decode(1, prompt + step - 1);
            works("step " + step, decode);
            cacheRead += reads(decode, routed).cache().count();
        }
        // What is read of weights depends on how many texts there are, not on how long they are.
        Workload.Decode all =
                decode(question.prompts().size(), question.prompts().getFirst());
        figures.put("weights read in step " + step, reads(all, routed).weights().count());
        figures.put("cache read in step " + step, cacheRead);
    }

    private Workload.Decode decode(long sequences, long past) {
        return new Workload.Decode(sequences, past, question.plan().latents());
    }

    private DecodeReads reads(Workload.Decode decode, List<RoutedTokens> routed) {
        DecodeReads.ExpertUse use = (layer, routing) -> routed.stream()
                .filter(router -> router.layer() == layer)
                .findFirst()
                .orElseThrow()
                .distinct();
        return DecodeReads.of(question.transformer(), decode, question.plan().precision(), use);
    }

    private void works(String when, Workload workload) {
        FlopCount count = FlopCount.of(question.transformer(), workload, CountingConvention.STRICT);
        for (Breakdown block : count.operators().children()) {
            for (Breakdown operator : block.children()) {
                String name = "multiply-adds of %s: %s %s".formatted(when, block.name(), operator.name());
                figures.add(name, multiplyAdds(operator.total()));
            }
        }
    }

    /// @param steps new tokens so far
    private void cache(String when, int steps) {
        InferencePlan plan = question.plan();
        CacheFormat format = CacheFormat.of(plan.precision().keyValueCache()).withLatentCache(plan.latents());
        long needed = 0;
        long allocated = 0;
        for (int prompt : question.prompts()) {
            needed += bytes(format, prompt + steps);
            allocated += plan.pageTokens().isPresent()
                    ? bytes(format.withPages(plan.pageTokens().getAsInt()), prompt + steps)
                    : bytes(format, question.capacity());
        }
        figures.put("cache needed " + when, needed);
        figures.put("cache allocated " + when, allocated);
    }

    private long bytes(CacheFormat format, long tokens) {
        KeyValueCacheSize size = KeyValueCacheSize.of(question.transformer(), format);
        return switch (question.plan().outOfSight()) {
            case LET_GO -> size.bytes(tokens, 1).count();
            case KEPT -> size.engineBytes(tokens, 1).count();
        };
    }

    private void saving() {
        Transformer transformer = question.transformer();
        CacheSaving saving = CacheSaving.of(transformer, question.comparedTokens(), CacheSaving.Over.VISIBLE_PAIRS);
        sums("with", saving.with());
        sums("without", saving.without());
    }

    private void sums(String how, CacheSaving.Work work) {
        figures.add("multiply-adds %s a cache: attention".formatted(how), multiplyAdds(work.attention()));
        figures.add("multiply-adds %s a cache: projections".formatted(how), multiplyAdds(work.projections()));
        figures.add("multiply-adds %s a cache: logits".formatted(how), multiplyAdds(work.logits()));
    }

    /// Two FLOPs each.
    private static long multiplyAdds(BigInteger flops) {
        return flops.divide(BigInteger.TWO).longValueExact();
    }
}
