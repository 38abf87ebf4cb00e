import { expect, test } from 'vitest';

import { Order } from '../src/order';

/** The rows in order, as the page would show them. */
class Page {
  order = new Order<string>();
  rows: string[] = [];

  insert(offset: number, row: string): void {
    const next = this.order.insert(offset, row);
    if (next !== undefined) {
      this.rows.splice(next === null ? this.rows.length : this.rows.indexOf(next), 0, row);
    }
  }

  append(row: string): void {
    this.order.append(row);
    this.rows.push(row);
  }
}

test('history that comes late goes before what is live', () => {
  const page = new Page();
  page.insert(3, 'c');
  page.insert(1, 'a');
  page.insert(2, 'b');
  expect(page.rows).toEqual(['a', 'b', 'c']);
});

test('a message is shown once', () => {
  const page = new Page();
  page.insert(1, 'a');
  page.insert(1, 'again');
  expect(page.rows).toEqual(['a']);
});

test('a notice stays between what came before and after it', () => {
  const page = new Page();
  page.insert(2, 'b');
  page.append('notice');
  page.insert(3, 'c');
  page.insert(1, 'a');
  expect(page.rows).toEqual(['a', 'b', 'notice', 'c']);
});

test('a new stream counts from 1 behind the old one', () => {
  const page = new Page();
  page.insert(7, 'old');
  page.order.startStream();
  page.insert(1, 'new');
  page.insert(7, 'newer');
  expect(page.rows).toEqual(['old', 'new', 'newer']);
});

test('a channel without a stream shows messages as they come', () => {
  const page = new Page();
  page.insert(0, 'a');
  page.insert(0, 'b');
  expect(page.rows).toEqual(['a', 'b']);
});

test('a row that was taken away does not come back', () => {
  const page = new Page();
  page.insert(1, 'a');
  page.insert(2, 'b');
  expect(page.order.shift()).toBe('a');
  expect(page.order.insert(1, 'a')).toBeUndefined();
});
