import { TENANTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { cdrs } from '../cdrs';
import { telemetry } from '../telemetry';
import { HELD_INTERVAL_MS, HeldGauge } from './held-gauge';
import { ReviewsController } from './http/reviews.controller';
import { Reviews } from './reviews';
import { reviewMigration } from './store/migrations/0030-review';
import { tables } from './store/tables';
import { ReviewPolicyEntity } from './store/review-policy.entity';
import { TypeormReviewPolicies } from './store/typeorm-review-policies';

/** Doubtful CDRs: why one is held, and what operators decide about it (ADR 37). */
export const review = defineBlock({
  name: 'review',
  migrations: [reviewMigration],
  tables,
  entities: [ReviewPolicyEntity],
  store: ({ database }) => new TypeormReviewPolicies(database),
  build: ({ store, use, metrics, wakeRelay, now }) => {
    const { cdrs: cdrStore, held } = use(cdrs);
    return {
      policies: store,
      reviews: new Reviews({ store: cdrStore, telemetry: use(telemetry), wakeRelay, now }),
      heldGauge: new HeldGauge(held, metrics, now),
    };
  },
  on: ({ policies }) => [
    onEach(TENANTS.events.changed, ({ data: { reviewFlags, reviewAbove }, tenant }) =>
      policies.put(tenant, { flags: reviewFlags, above: reviewAbove }),
    ),
  ],
  jobs: ({ heldGauge }) => [{ name: 'count of held CDRs', everyMs: HELD_INTERVAL_MS, run: () => heldGauge.measure() }],
  controllers: [ReviewsController],
  provides: (provide) => [provide(Reviews, ({ reviews }) => reviews)],
});
