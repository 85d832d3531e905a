import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'device_config', name: 'deleted_tenants' })
export class DeletedTenantEntity {
  @PrimaryColumn('text')
  tenant!: string;

  @Column('timestamptz', { name: 'deleted_at' })
  deletedAt!: Date;
}
