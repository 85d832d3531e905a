import { SecretBox } from '@voltbus/contracts';

interface ItemRef {
  tenant: string;
  import: string;
  item: number;
}

/** Encrypts the items of imports until they are tried, because an item may hold a station's password. */
export class ItemSealing {
  private readonly box: SecretBox;

  constructor(pepper: string) {
    this.box = new SecretBox(pepper, 'import-item');
  }

  close(body: Readonly<Record<string, unknown>>, ref: ItemRef): Buffer {
    return this.box.close(JSON.stringify(body), ownerOf(ref));
  }

  /** Null: it was encrypted with another pepper. */
  open(sealed: Buffer, ref: ItemRef): unknown {
    const json = this.box.open(sealed, ownerOf(ref));
    return json === null ? null : (JSON.parse(json) as unknown);
  }
}

function ownerOf({ tenant, import: id, item }: ItemRef): string {
  return `${tenant}/${id}/${item}`;
}
