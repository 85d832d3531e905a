import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The terms of a tenant as they are from an instant on. */
@Entity({ schema: 'cdr', name: 'terms' })
export class TermsVersionEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('timestamptz')
  since!: Date;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'default_tariff', nullable: true })
  defaultTariff!: string | null;
}
