/** Answers with everything that a model writes, for the properties that hold for any text. */
export const documents: Record<string, string> = {
  prose: `I met **Charles Babbage** on *5 June 1833* at a party. [1] He showed me the \`Difference Engine\`, and I was ***quite*** taken.

It computed polynomials; see [the museum](https://example.org/engine?a=1&b=2 "Engine") for more. [2] It ~~never~~ hardly ever failed.

AT&amp;T, 5 &lt; 6, and R&D are text. So are 2 * 3 * 4 and snake_case_words.
`,
  lists: `Three things:

1. First, **the mill**, which computes;
2. then the store:
   - columns of \`fifty\` digits,
   - and *more* of them
     - deep down
3. last, the printer.

- [x] done
- [ ] open

* one

* two, after a blank line

  with a second paragraph

1. loose

2. and ordered

+ plus
1) another kind

Text after the lists.
`,
  headings: `# Of the Engine

Setext heading
==============

Another
---

### Third level ###
Text right below.

***

#### Fourth, with \`code\`

---
End.
`,
  code: `Here is a program:

\`\`\`python
def f(x):
    # not a heading
    return x ** 2

print(f("**"))
\`\`\`

and with tildes:

~~~
\`\`\`
inside
~~~

    indented code

    after a blank line

\`\` a \` b \`\` is inline.
`,
  tables: `Prices:

| Binding | Price | Time |
| :------ | ----: | :--: |
| Leather | 180   | 2 w  |
| **Cloth** | \`60\` | 1 w |

Without edges:

a | b
--|--
1 | 2

Done.
`,
  quotes: `> A quote with **weight**
> over two lines
and a lazy one.

> - a list inside
> - of a quote
>
> > and deeper

Afterwards.
`,
  html: `<div class="x">
raw <b>html</b>
</div>

A <span onclick="x()">span</span> and a <br> and <!-- a comment --> here.

<!-- a block
comment -->

<script>alert(1)</script>

After.
`,
  links: `See <https://example.org>, https://example.com/a_b_c and mail@example.org.

[reference]: https://example.org/reference
[unknown][reference] and [reference] stay as they are.

![alt text](https://example.org/pixel.png) is a picture, [a link](javascript:alert(1)) is none.
A footnote[^1] too.

[^1]: The note.
`,
  odd: `Unclosed **bold and \`code

next *paragraph [link](https://exam

- item
text
    code?
1.5 is no list
- - - 
| a | b |

|---|
&#x1F600; &#0; &notanentity; 😀 é 日本語\\
hard break\\* escaped  
two spaces
`,
  windows: 'Lines\r\nend **so**\r\n\r\n- a\r\n- b\r\n\r\n```js\r\nlet a;\r\n```\r\n\r\nlast\r\n',
};
