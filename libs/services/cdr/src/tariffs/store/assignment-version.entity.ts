import type { AssignmentKind } from '@voltbus/pricing';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tariff of a group as it is from an instant on. */
@Entity({ schema: 'cdr', name: 'tariff_assignments' })
export class AssignmentVersionEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('text')
  kind!: AssignmentKind;

  /** In upper case: names of groups are compared without case. */
  @PrimaryColumn('text', { name: 'group_key' })
  groupKey!: string;

  @PrimaryColumn('timestamptz')
  since!: Date;

  @Column('text', { name: 'group_name' })
  groupName!: string;

  /** Null: the assignment was removed at that instant. */
  @Column('text', { nullable: true })
  tariff!: string | null;
}
