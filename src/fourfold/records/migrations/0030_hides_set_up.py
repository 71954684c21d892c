from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0029_event_via_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='hides_set_up',
            field=models.BooleanField(default=False),
        ),
    ]
