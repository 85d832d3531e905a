import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a station shows at an EVSE for drivers to pay by. The last three columns are all set or all null. */
@Entity({ schema: 'transactions', name: 'qr_codes' })
export class QrCodeEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('text')
  station!: string;

  /** 0 stands for every EVSE that has no row of its own. */
  @PrimaryColumn('integer')
  evse!: number;

  @Column('text', { name: 'url_template' })
  urlTemplate!: string;

  @Column('integer', { name: 'validity_seconds', nullable: true })
  validitySeconds!: number | null;

  @Column('integer', { name: 'code_length', nullable: true })
  length!: number | null;

  @Column('bytea', { name: 'closed_secret', nullable: true })
  closedSecret!: Buffer | null;
}
