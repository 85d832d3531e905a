import type { Tariff } from '@voltbus/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A tariff as it is from an instant on. */
@Entity({ schema: 'cdr', name: 'tariffs' })
export class TariffVersionEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('text')
  tariff!: string;

  @PrimaryColumn('timestamptz')
  since!: Date;

  /** Null: the tariff was removed at that instant. */
  @Column('jsonb', { nullable: true })
  body!: Tariff | null;
}
