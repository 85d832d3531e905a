import { DEFAULT_REVIEW_FLAGS } from '@voltbus/contracts';
import { selectRows, type Statement } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { ReviewPolicy } from '../domain/review-reasons';
import { ReviewPolicyEntity } from './review-policy.entity';

const POLICY: Statement = {
  name: 'review-policy',
  merge: ['text'],
  text: 'SELECT flags, above FROM cdr.review_policies WHERE tenant = $1',
};

/** Review policies of tenants. The last one counts, also for sessions that ended before. */
export class TypeormReviewPolicies {
  constructor(private readonly dataSource: DataSource) {}

  async of(tenant: string, manager: EntityManager = this.dataSource.manager): Promise<ReviewPolicy> {
    const [policy] = await selectRows<ReviewPolicy>(manager, POLICY, [tenant]);
    return policy ?? { flags: DEFAULT_REVIEW_FLAGS, above: null };
  }

  async put(tenant: string, { flags, above }: ReviewPolicy): Promise<void> {
    await this.dataSource.getRepository(ReviewPolicyEntity).upsert({ tenant, flags: [...flags], above }, ['tenant']);
  }
}
