import type { Scope, TenantRole } from '@voltbus/http';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'device_config', name: 'api_keys' })
export class ApiKeyEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  tenant!: string;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  scopes!: Scope[];

  @Column('text', { nullable: true })
  role!: TenantRole | null;

  @Column('text', { name: 'station_groups', array: true, nullable: true })
  stationGroups!: string[] | null;

  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('text', { name: 'allowed_addresses', array: true, nullable: true })
  allowedAddresses!: string[] | null;

  @Column('integer')
  rotations!: number;

  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt!: Date | null;

  @Column('bytea', { name: 'previous_hash', nullable: true })
  previousHash!: Buffer | null;

  @Column('timestamptz', { name: 'previous_ends_at', nullable: true })
  previousEndsAt!: Date | null;

  @Column('timestamptz', { name: 'previous_last_used_at', nullable: true })
  previousLastUsedAt!: Date | null;
}
