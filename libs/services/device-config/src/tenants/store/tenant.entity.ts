import type { Flag, Tenant } from '@voltbus/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'device_config', name: 'tenants' })
export class TenantEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'unknown_stations' })
  unknownStations!: Tenant['unknownStations'];

  @Column('text', { name: 'unknown_tokens' })
  unknownTokens!: Tenant['unknownTokens'];

  @Column('smallint', { name: 'min_security_profile' })
  minSecurityProfile!: Tenant['minSecurityProfile'];

  @Column('text', { name: 'certificate_organization', nullable: true })
  certificateOrganization!: string | null;

  @Column('text')
  currency!: string;

  @Column('text', { name: 'default_tariff', nullable: true })
  defaultTariff!: string | null;

  @Column('smallint', { name: 'keep_messages_hours' })
  keepMessagesHours!: number;

  @Column('boolean', { name: 'show_cost' })
  showCost!: boolean;

  @Column('text', { name: 'master_pass_group', nullable: true })
  masterPassGroup!: string | null;

  /** Null: the tenant is older than reviews are. */
  @Column('text', { name: 'review_flags', array: true, nullable: true })
  reviewFlags!: Flag[] | null;

  @Column('text', { name: 'review_above', nullable: true })
  reviewAbove!: string | null;

  /** Whether it has been published; false only for the tenant that the database comes with. */
  @Column('boolean', { name: 'published' })
  published!: boolean;
}
