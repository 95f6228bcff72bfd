/**
 * The page's script, as it stands in the page: it draws each death as an SVG from the data beside it, and lets a reader
 * zoom, filter and step through what happened. It opens nothing and knows no network. All text is set as text.
 */
export const SCRIPT = String.raw`
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const SVG = 'http://www.w3.org/2000/svg';
  const MOST_ROWS = 40;
  const SINGLE = 16;
  const ROW = 11;
  const BAND = 34;
  const hidden = new Set();
  const LOST = ['short', 'closed', 'reset', 'timed-out'];

  const element = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const time = (ms) => {
    const size = Math.abs(ms);
    if (size < 10) return Math.round(ms * 10) / 10 + ' ms';
    return size < 1000 ? Math.round(ms) + ' ms' : Math.round(ms / 10) / 100 + ' s';
  };
  const step = (ms) => {
    const power = Math.pow(10, Math.floor(Math.log10(Math.max(ms, 0.001))));
    return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= ms);
  };
  const words = (label, item) => {
    const end = item[1] === null ? 'still open at the end' : item[2].replaceAll('-', ' ') + ' at ' + time(item[1]) + ', after ' + time(item[1] - item[0]);
    return label + (item[3] ? ': ' + item[3] : '') + '. Begun at ' + time(item[0]) + ', ' + end + (item[4] ? ' (' + item[4] + ')' : '') + '.';
  };

  class Death {
    constructor(root, death) {
      this.death = death;
      this.svg = root.querySelector('svg');
      this.output = root.querySelector('output');
      this.full = [death.from, death.to];
      this.view = this.full.slice();
      this.chosen = null;
      this.shown = [];
      for (const button of root.querySelectorAll('button'))
        button.addEventListener('click', () => this.act(button.dataset.act));
      this.svg.addEventListener('keydown', (event) => this.key(event));
      this.svg.addEventListener('pointermove', (event) => this.hover(event));
      this.svg.addEventListener('pointerdown', (event) => this.grab(event));
      this.svg.addEventListener('dblclick', (event) => this.zoom(0.4, this.timeAt(event)));
      this.svg.addEventListener('wheel', (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 0.7 : 1.4, this.timeAt(event));
      }, { passive: false });
    }
    timeAt(event) {
      const box = this.svg.getBoundingClientRect();
      return this.view[0] + ((event.clientX - box.left) / box.width) * (this.view[1] - this.view[0]);
    }
    act(what) {
      if (what === 'in') this.zoom(0.5);
      else if (what === 'out') this.zoom(2);
      else { this.view = this.full.slice(); this.draw(); }
    }
    zoom(factor, around) {
      const [from, to] = this.view;
      const middle = around === undefined ? (from + to) / 2 : around;
      const least = Math.min(1, this.full[1] - this.full[0]);
      const width = Math.max(least, Math.min(this.full[1] - this.full[0], (to - from) * factor));
      const share = (middle - from) / (to - from);
      this.move(middle - share * width, width);
    }
    move(from, width) {
      const start = Math.max(this.full[0], Math.min(this.full[1] - width, from));
      this.view = [start, start + width];
      this.draw();
    }
    key(event) {
      const width = this.view[1] - this.view[0];
      const acts = {
        '+': () => this.zoom(0.5), '=': () => this.zoom(0.5), '-': () => this.zoom(2), '0': () => this.act('all'), Home: () => this.act('all'),
        ArrowLeft: () => this.move(this.view[0] - width / 5, width), ArrowRight: () => this.move(this.view[0] + width / 5, width),
        ArrowDown: () => this.choose(1), ArrowUp: () => this.choose(-1), Escape: () => this.tell(null),
      };
      const act = acts[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    }
    choose(by) {
      if (this.shown.length === 0) return;
      const at = this.shown.findIndex((one) => one.words === this.chosen);
      const next = at < 0 ? (by > 0 ? 0 : this.shown.length - 1) : Math.max(0, Math.min(this.shown.length - 1, at + by));
      this.tell(this.shown[next].words);
    }
    tell(text) {
      if (text === this.chosen) return;
      this.chosen = text;
      this.output.textContent = text === null ? '' : text;
      for (const one of this.shown) one.node.classList.toggle('chosen', one.words === text);
    }
    hover(event) {
      const found = this.shown.find((one) => one.node === event.target);
      if (found !== undefined) this.tell(found.words);
    }
    grab(event) {
      if (event.button !== 0 || event.pointerType === 'touch') return;
      const [from, to] = this.view;
      const box = this.svg.getBoundingClientRect();
      const drag = (moved) => this.move(from - ((moved.clientX - event.clientX) / box.width) * (to - from), to - from);
      const drop = () => { removeEventListener('pointermove', drag); removeEventListener('pointerup', drop); };
      addEventListener('pointermove', drag);
      addEventListener('pointerup', drop);
    }
    /** Draws what the view holds. All of it is made anew: what is shown is bounded, however many exchanges there are. */
    draw() {
      const { death, svg } = this;
      const width = Math.max(240, svg.clientWidth || 800);
      const [from, to] = this.view;
      const x = (ms) => ((ms - from) / (to - from)) * width;
      const parts = [];
      this.shown = [];
      const add = (name, attributes, text) => { const node = element(name, attributes, text); parts.push(node); return node; };
      const event = (node, text) => { this.shown.push({ node, words: text }); if (text === this.chosen) node.classList.add('chosen'); };
      const bar = (left, right, y, height, name, text) => {
        if (right < 0 || left > width) return;
        const start = Math.max(0, left);
        event(add('rect', { x: start, y, width: Math.max(2, Math.min(width, right) - start), height, class: name }), text);
      };
      let y = 48;
      for (const group of death.groups) {
        const items = group.items.filter((item) => !hidden.has(item[2]) && item[0] <= to && (item[1] === null || item[1] >= from));
        if (items.length === 0) continue;
        const single = items.length <= SINGLE || (items.length <= MOST_ROWS && to - from < (this.full[1] - this.full[0]) / 1.5);
        add('text', { x: 0, y: y + 12, 'data-label': group.label }, group.label + (items.length > 1 ? ' ×' + items.length : '') + (single ? '' : ', together; zoom in for each'));
        y += 17;
        if (single) {
          for (const item of items) {
            const end = item[1] === null ? this.full[1] : item[1];
            bar(x(item[0]), Math.max(x(end), x(item[0]) + 3), y, ROW - 3, 'e-' + item[2], words(group.label, item));
            y += ROW;
          }
        } else {
          this.band(items, group.label, x, width, y, add, event);
          y += BAND;
        }
        y += 5;
      }
      for (const strip of death.strips) {
        add('text', { x: 0, y: y + 12, 'data-label': strip.label }, strip.label + ': ' + strip.outcome);
        y += 17;
        for (const [start, end, state] of strip.spans)
          bar(x(start), x(end), y, 12, 'p-' + state, strip.label + ' ' + ({ good: 'good', bad: 'failing', gone: 'refused', busy: 'alive' })[state] + ' from ' + time(start) + ' to ' + time(end) + '.');
        y += 18;
      }
      const lines = [];
      const gap = step((to - from) / Math.max(2, width / 110));
      for (let at = Math.ceil(from / gap) * gap; at <= to; at += gap) {
        lines.push(element('line', { x1: x(at), x2: x(at), y1: 16, y2: y, class: 'grid' }));
        const place = x(at);
        lines.push(element('text', { x: place, y: y + 14, class: 'soft', 'text-anchor': place < 24 ? 'start' : place > width - 24 ? 'end' : 'middle' }, time(Math.round(at * 1000) / 1000)));
      }
      const marks = death.marks.concat(death.grace > from && death.grace < to ? [{ at: death.grace, what: 'grace period over' }] : []).sort((a, b) => a.at - b.at);
      const taken = [-Infinity, -Infinity, -Infinity];
      for (const mark of marks) {
        const place = x(mark.at);
        if (place < -1 || place > width + 1) continue;
        lines.push(element('line', { x1: place, x2: place, y1: 4, y2: y, class: mark.what.startsWith('grace') || mark.what === 'killed' ? 'line grace' : 'line' }));
        const text = mark.what;
        const room = text.length * 6.6;
        const right = place + room + 6 > width;
        const left = right ? place - room - 4 : place + 4;
        const row = taken.findIndex((end) => left > end);
        const label = row < 0 ? null : element('text', { x: right ? place - 4 : place + 4, y: 12 + row * 14, 'text-anchor': right ? 'end' : 'start', 'data-mark': text }, text);
        if (label !== null) { taken[row] = left + room + 6; lines.push(label); }
        const hit = element('rect', { x: place - 4, y: 0, width: 8, height: y, fill: 'transparent' });
        lines.push(hit);
        event(hit, mark.what + ' at ' + time(mark.at) + '.');
      }
      const height = y + 20;
      svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
      svg.setAttribute('height', height);
      svg.replaceChildren(...lines.filter((line) => line.tagName !== 'rect'), ...parts, ...lines.filter((line) => line.tagName === 'rect'));
      // The narrow targets of the marks lie under the bars, so that a bar is never covered by one.
      for (const hit of lines) if (hit.tagName === 'rect') svg.insertBefore(hit, parts[0] ?? null);
    }
    /** Many exchanges as one band: for each few pixels, how many were open, and how those ended that ended there. */
    band(items, label, x, width, y, add, event) {
      const size = 4;
      const count = Math.ceil(width / size);
      const open = new Array(count + 1).fill(0);
      const ends = Array.from({ length: count }, () => null);
      for (const item of items) {
        const first = Math.max(0, Math.min(count - 1, Math.floor(x(item[0]) / size)));
        const last = item[1] === null ? count - 1 : Math.max(0, Math.min(count - 1, Math.floor(x(item[1]) / size)));
        open[first] += 1;
        open[last + 1] -= 1;
        const end = x(item[1] === null ? Infinity : item[1]);
        if (end < 0 || end > width + size) continue;
        (ends[last] ??= {})[item[2]] = (ends[last][item[2]] ?? 0) + 1;
      }
      let now = 0;
      const levels = open.slice(0, count).map((change) => (now += change));
      const most = Math.max(1, ...levels);
      const height = (number) => Math.max(2, (number / most) * (BAND - 4));
      const points = levels.map((level, i) => {
        const edge = y + BAND - 4 - (level === 0 ? 0 : height(level));
        return i * size + ',' + edge + ' ' + (i + 1) * size + ',' + edge;
      });
      add('polygon', { points: '0,' + (y + BAND - 4) + ' ' + points.join(' ') + ' ' + width + ',' + (y + BAND - 4), class: 'p-gone', opacity: 0.45 });
      ends.forEach((own, i) => {
        if (own === null) return;
        let base = y + BAND - 4;
        const order = Object.entries(own).sort(([a], [b]) => LOST.includes(a) - LOST.includes(b));
        const text = label + ' around ' + time(this.view[0] + ((i + 0.5) * size / width) * (this.view[1] - this.view[0])) + ': ' + levels[i] + ' open, ' + order.map(([ending, number]) => number + ' ' + ending.replaceAll('-', ' ')).join(', ') + '.';
        for (const [ending, number] of order) {
          const tall = height(number);
          base -= tall;
          event(add('rect', { x: i * size, y: Math.max(y, base), width: size - 0.5, height: tall, class: 'e-' + ending }), text);
        }
      });
    }
  }

  const roots = document.querySelectorAll('.death');
  const deaths = data.deaths.map((death, i) => new Death(roots[i], death));
  const drawAll = () => deaths.forEach((death) => death.draw());
  const filters = document.getElementById('filters');
  const counts = new Map();
  for (const death of data.deaths) for (const group of death.groups) for (const item of group.items) counts.set(item[2], (counts.get(item[2]) ?? 0) + 1);
  for (const [ending, count] of counts) {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = true;
    box.value = ending;
    box.addEventListener('change', () => { if (box.checked) hidden.delete(ending); else hidden.add(ending); drawAll(); });
    const swatch = document.createElement('span');
    swatch.className = 'swatch e-' + ending;
    label.append(box, swatch, ending.replaceAll('-', ' ') + ' (' + count + ')');
    filters.append(label);
  }
  if (counts.size > 0) filters.closest('.tools').hidden = false;
  let pending = 0;
  const later = () => { cancelAnimationFrame(pending); pending = requestAnimationFrame(drawAll); };
  addEventListener('resize', later);
  addEventListener('beforeprint', drawAll);
  drawAll();
})();
`;
