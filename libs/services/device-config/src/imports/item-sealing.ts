import { SecretBox, type Keyring } from '@voltbus/contracts';

interface ItemRef {
  tenant: string;
  import: string;
  item: number;
}

/** Encrypts the items of imports until they are tried, because an item may hold a station's password. */
export class ItemSealing {
  private readonly box: SecretBox;

  constructor(keys: Keyring | string) {
    this.box = new SecretBox(keys, 'import-item');
  }

  close(body: Readonly<Record<string, unknown>>, ref: ItemRef): Buffer {
    return this.box.close(JSON.stringify(body), ownerOf(ref));
  }

  /** Null: it is encrypted under a key that is not set. */
  open(sealed: Buffer, ref: ItemRef): unknown {
    const json = this.box.open(sealed, ownerOf(ref));
    return json === null ? null : (JSON.parse(json) as unknown);
  }
}

function ownerOf({ tenant, import: id, item }: ItemRef): string {
  return `${tenant}/${id}/${item}`;
}
