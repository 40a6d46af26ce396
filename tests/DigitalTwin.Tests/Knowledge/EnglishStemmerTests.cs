using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class EnglishStemmerTests
{
    // word:stem, from the algorithm's own description and its sample vocabulary.
    const string Vectors = """
        caresses:caress ponies:poni ties:tie cries:cri gas:gas this:this gaps:gap kiwis:kiwi us:us feed:feed
        agreed:agre plastered:plaster bled:bled motoring:motor sing:sing luxuriated:luxuri hopping:hop tanned:tan
        falling:fall hissing:hiss fizzed:fizz failing:fail filing:file happy:happi sky:sky by:by say:say enjoy:enjoy
        relational:relat conditional:condit rational:ration valency:valenc hesitancy:hesit digitizer:digit
        conformably:conform radically:radic differently:differ vilely:vile analogously:analog vietnamization:vietnam
        predication:predic operator:oper feudalism:feudal decisiveness:decis hopefulness:hope callousness:callous
        formality:formal sensitivity:sensit sensibility:sensibl triplicate:triplic formative:format formalize:formal
        electricity:electr electrical:electr hopeful:hope goodness:good revival:reviv allowance:allow inference:infer
        airliner:airlin gyroscopic:gyroscop adjustable:adjust defensible:defens irritant:irrit replacement:replac
        adjustment:adjust dependent:depend adoption:adopt communism:communism activate:activ angularity:angular
        homologous:homolog effective:effect bowdlerize:bowdler probate:probat rate:rate cease:ceas controlling:control
        rolling:roll generate:generat generously:generous general:general communication:communic communal:communal
        arsenal:arsenal skis:ski skies:sky dying:die lying:lie tying:tie idly:idl gently:gentl ugly:ugli early:earli
        only:onli singly:singl news:news howe:howe atlas:atlas cosmos:cosmos bias:bias andes:andes inning:inning
        outing:outing canning:canning herring:herring proceed:proceed exceed:exceed succeed:succeed consign:consign
        consigned:consign consistency:consist knack:knack knackered:knacker knightly:knight knots:knot youth:youth
        yacht:yacht dieing:die employer:employ mathematics:mathemat engines:engin invention:invent quickly:quick
        nationalities:nation flies:fli dogs:dog theory:theori theories:theori
        """;

    [Fact]
    public void Words_stem_as_the_Snowball_algorithm_says()
    {
        var wrong = Vectors.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split(':'))
            .Where(pair => EnglishStemmer.Stem(pair[0]) != pair[1])
            .Select(pair => $"{pair[0]} gives {EnglishStemmer.Stem(pair[0])}, not {pair[1]}");

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("wrote", "written")]
    [InlineData("taught", "teaching")]
    [InlineData("children", "child")]
    [InlineData("maths", "mathematics")]
    [InlineData("math", "mathematical")]
    [InlineData("organised", "organization")]
    [InlineData("modelling", "modeled")]
    [InlineData("colour", "colors")]
    [InlineData("mum", "mother")]
    [InlineData("vortices", "vortex")]
    [InlineData("analyses", "analysing")]
    [InlineData("biggest", "bigger")]
    [InlineData("ran", "running")]
    public void Forms_of_one_word_share_a_stem(string one, string other)
    {
        Assert.Equal(TextAnalyzer.Stem(one), TextAnalyzer.Stem(other));
    }

    [Theory]
    [InlineData("born", "birth")]
    [InlineData("universe", "university")]
    [InlineData("general", "generous")]
    [InlineData("treatise", "treat")]
    [InlineData("paradise", "parade")]
    public void Different_words_keep_different_stems(string one, string other)
    {
        Assert.NotEqual(TextAnalyzer.Stem(one), TextAnalyzer.Stem(other));
    }

    [Fact]
    public void Every_irregular_form_stems_like_its_lemma()
    {
        foreach (var (form, lemma) in (ReadOnlySpan<(string, string)>)[("went", "go"), ("bought", "buy"), ("mice", "mouse"), ("sung", "sing"), ("knew", "know"), ("women", "woman"), ("flown", "fly"), ("teeth", "tooth")])
        {
            Assert.Equal(TextAnalyzer.Stem(lemma), TextAnalyzer.Stem(form));
        }
    }
}
