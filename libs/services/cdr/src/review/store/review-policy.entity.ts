import type { Flag } from '@voltbus/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The CDRs that a tenant wants to have reviewed. */
@Entity({ schema: 'cdr', name: 'review_policies' })
export class ReviewPolicyEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @Column('text', { array: true })
  flags!: Flag[];

  /** An amount without tax, as a decimal string; null: the usual maximum of the currency. */
  @Column('text', { nullable: true })
  above!: string | null;
}
