import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The group of a station as it is from an instant on: a copy of what device-config publishes. */
@Entity({ schema: 'cdr', name: 'station_groups' })
export class StationGroupVersionEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @PrimaryColumn('text')
  station!: string;

  @PrimaryColumn('timestamptz')
  since!: Date;

  /** Null: the station is in no group from then on. */
  @Column('text', { name: 'station_group', nullable: true })
  group!: string | null;
}
